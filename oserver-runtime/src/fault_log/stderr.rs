//! Stderr of any kind, through oserver's own descriptor.
//!
//! std's `Stderr` has a lock that a handler can hold for ever; this descriptor has none. Settings that other processes
//! share with this one, such as the offset in a file or `O_NONBLOCK`, do not change.

use std::io;

/// Takes bytes.
pub(crate) trait Output {
    /// Writes bytes. Returns how many were written.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when it can accept nothing now.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
}

#[cfg(not(unix))]
pub(crate) struct Stderr;

#[cfg(not(unix))]
impl Stderr {
    pub(crate) fn open() -> Self {
        Self
    }
}

#[cfg(not(unix))]
impl Output for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut io::stderr(), bytes)
    }
}

#[cfg(unix)]
pub(crate) use crate::fault_log::stderr::unix::Stderr;

#[cfg(unix)]
mod unix {
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use socket2::SockRef;

    use super::*;

    const PATH: &str = "/proc/self/fd/2";
    /// A pipe with room accepts this many bytes as a whole, or none (`PIPE_BUF`).
    const AT_ONCE: usize = 512;

    pub(crate) struct Stderr {
        way: EventChannel,
        /// The identity of the file when it was opened.
        identity: Option<(u64, u64)>,
    }

    /// How it is written to.
    enum EventChannel {
        /// A duplicate, which has the same offset: a second opening would have its own offset and overwrite the output
        /// of others. A write may block, but only this thread. The same holds for a device that does not report that
        /// it is full.
        Duplicate(File),
        /// A socket: each call says that it must not wait.
        Socket(OwnedFd),
        /// A pipe or terminal, opened a second time: this descriptor does not wait, and the descriptors of other
        /// processes do not change.
        Reopened(File),
        /// A pipe of another user. It is asked for room before each write. If several processes write, the answer can
        /// be wrong at times.
        Asked(OwnedFd),
        /// There is no stderr.
        Closed,
    }

    impl Stderr {
        pub(crate) fn open() -> Self {
            Self { way: EventChannel::open(), identity: identity() }
        }

        /// Reopens the channel if the stderr of the process is another file by now, as after a rotation.
        fn follow(&mut self) {
            let identity = identity();
            if identity.is_some() && identity != self.identity {
                *self = Self { way: EventChannel::open(), identity };
            }
        }
    }

    /// Returns device and number of the file, without opening a descriptor.
    fn identity() -> Option<(u64, u64)> {
        let path = if cfg!(target_os = "linux") { PATH } else { "/dev/fd/2" };
        std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
    }

    impl EventChannel {
        fn open() -> Self {
            // The descriptor of std's handle, which takes no lock for that.
            let Ok(own) = io::stderr().as_fd().try_clone_to_owned() else { return Self::Closed };
            let Ok(metadata) = std::fs::metadata(PATH) else { return Self::Asked(own) };
            let kind = metadata.file_type();
            if kind.is_socket() {
                return Self::Socket(own);
            }
            if !kind.is_fifo() && !kind.is_char_device() {
                return Self::Duplicate(own.into());
            }
            // The file must not become the controlling terminal.
            let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
            let reopened = OpenOptions::new().write(true).custom_flags(flags).open(PATH);
            reopened.map_or(Self::Asked(own), Self::Reopened)
        }
    }

    impl Output for Stderr {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.follow();
            match &mut self.way {
                EventChannel::Duplicate(file) | EventChannel::Reopened(file) => file.write(bytes),
                EventChannel::Socket(socket) => {
                    SockRef::from(&*socket).send_with_flags(bytes, libc::MSG_DONTWAIT)
                }
                EventChannel::Asked(stderr) => {
                    let mut asked = [PollFd::new(stderr, PollFlags::OUT)];
                    poll(&mut asked, Some(&Timespec::default()))?;
                    if !asked[0].revents().contains(PollFlags::OUT) {
                        return Err(io::ErrorKind::WouldBlock.into());
                    }
                    Ok(rustix::io::write(stderr, &bytes[..bytes.len().min(AT_ONCE)])?)
                }
                EventChannel::Closed => Ok(bytes.len()),
            }
        }
    }
}
