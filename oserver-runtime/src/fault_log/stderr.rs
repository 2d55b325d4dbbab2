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
        way: Channel,
        /// The identity of the file when it was opened.
        identity: Option<(u64, u64)>,
    }

    /// How it is written to.
    enum Channel {
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
        /// There is no stderr, or no file descriptor is left for it.
        NotYet,
    }

    impl Stderr {
        pub(crate) fn open() -> Self {
            let mut stderr = Self { way: Channel::NotYet, identity: None };
            stderr.follow();
            stderr
        }

        /// Reopens the channel if the stderr of the process is another file by now, as after a rotation. If that fails,
        /// the file from before takes the lines, and the next write tries again.
        fn follow(&mut self) {
            let identity = identity();
            let is_another = identity.is_some() && identity != self.identity;
            if (is_another || matches!(self.way, Channel::NotYet))
                && let Ok(way) = Channel::open()
            {
                *self = Self { way, identity };
            }
        }
    }

    /// Returns device and number of the file, without opening a descriptor.
    fn identity() -> Option<(u64, u64)> {
        let path = if cfg!(target_os = "linux") { PATH } else { "/dev/fd/2" };
        std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
    }

    impl Channel {
        /// # Errors
        /// When there is no stderr, or no file descriptor is left.
        fn open() -> io::Result<Self> {
            // The descriptor of std's handle, which takes no lock for that.
            let own = io::stderr().as_fd().try_clone_to_owned()?;
            let Ok(metadata) = std::fs::metadata(PATH) else { return Ok(Self::Asked(own)) };
            let kind = metadata.file_type();
            if kind.is_socket() {
                return Ok(Self::Socket(own));
            }
            if !kind.is_fifo() && !kind.is_char_device() {
                return Ok(Self::Duplicate(own.into()));
            }
            // The file must not become the controlling terminal.
            let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
            let reopened = OpenOptions::new().write(true).custom_flags(flags).open(PATH);
            Ok(reopened.map_or(Self::Asked(own), Self::Reopened))
        }
    }

    impl Output for Stderr {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.follow();
            match &mut self.way {
                Channel::Duplicate(file) | Channel::Reopened(file) => file.write(bytes),
                Channel::Socket(socket) => {
                    SockRef::from(&*socket).send_with_flags(bytes, libc::MSG_DONTWAIT)
                }
                Channel::Asked(stderr) => {
                    let mut asked = [PollFd::new(stderr, PollFlags::OUT)];
                    poll(&mut asked, Some(&Timespec::default()))?;
                    if !asked[0].revents().contains(PollFlags::OUT) {
                        return Err(io::ErrorKind::WouldBlock.into());
                    }
                    Ok(rustix::io::write(stderr, &bytes[..bytes.len().min(AT_ONCE)])?)
                }
                Channel::NotYet => Err(io::ErrorKind::WouldBlock.into()),
            }
        }
    }
}
