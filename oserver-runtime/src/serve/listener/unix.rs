//! The file of a Unix socket: creates and removes it.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// How many connections may wait to be accepted, for TCP as well, if the operating system allows it. The client of a
/// further connection retries after a second, and then after twice as long each time.
pub(super) const QUEUE: i32 = 4096;

/// A Unix socket that listens. Dropped, its file is removed, if it is still the same.
#[derive(Debug)]
pub(super) struct BoundUnix {
    pub(super) listener: UnixListener,
    /// `None` if other code or another process opened it, which then removes it.
    pub(super) file: Option<SocketFile>,
}

#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
}

impl BoundUnix {
    /// Binds a Unix socket. It replaces a file that a process left behind: a socket on which no process listens. Any
    /// other file stays.
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        remove_stale(path)?;
        let listener = UnixListener::bind(path)?;
        socket2::SockRef::from(&listener).listen(QUEUE)?;
        let file = SocketFile { path: path.to_owned(), identity: identity(path)? };
        Ok(Self { listener, file: Some(file) })
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        Ok(self.listener.accept().await?.0)
    }

    /// Returns the path, as `bind` takes it.
    pub(super) fn describe(&self) -> io::Result<String> {
        let address = self.listener.local_addr()?;
        Ok(format!("unix:{}", address.as_pathname().unwrap_or(Path::new("(unnamed)")).display()))
    }

    pub(super) fn set_mode(&self, mode: u32) -> io::Result<()> {
        match &self.file {
            Some(file) => fs::set_permissions(&file.path, fs::Permissions::from_mode(mode)),
            None => Err(io::Error::other("other code opened the socket, and sets its mode")),
        }
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Another process may have put its own socket there since.
        if identity(&self.path).is_ok_and(|identity| identity == self.identity) {
            _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

fn remove_stale(path: &Path) -> io::Result<()> {
    let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
    if !metadata.file_type().is_socket() {
        let text =
            "a file with that name exists and is not a socket; remove it, or choose another path";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    let why = match BlockingStream::connect(path) {
        Ok(_) => "another process listens on that socket".to_owned(),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            return fs::remove_file(path);
        }
        // The socket exists, and its process may live: its queue is full, or this process has no right to connect.
        Err(error) => {
            format!("a socket with that name exists, and a process may listen on it: {error}")
        }
    };
    Err(io::Error::new(io::ErrorKind::AddrInUse, why))
}
