//! Stderr, whatever it is, without ever waiting for its reader, and without a change that other
//! processes could see which share it.

use std::io::{self, Write};

use super::sink::Output;

/// How stderr can be written to without waiting.
#[derive(Debug)]
pub(super) enum Stderr {
    /// A file takes what it gets. It is written through the descriptor that is there: another opening
    /// would have an offset of its own and write over what others wrote.
    File,
    /// Each call says that it must not wait.
    #[cfg(unix)]
    Socket,
    /// A pipe or terminal, opened once more: its descriptor can be one that does not wait, while that
    /// of the others stays as it is.
    #[cfg(unix)]
    Reopened(std::fs::File),
    /// It is asked before whether it has room. Where several write that can be wrong at times.
    #[cfg(unix)]
    Asked,
}

impl Stderr {
    #[cfg(not(unix))]
    pub(super) fn detect() -> Self {
        Self::File
    }

    #[cfg(unix)]
    pub(super) fn detect() -> Self {
        use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

        use rustix::fs::OFlags;

        const PATH: &str = "/proc/self/fd/2";
        let Ok(metadata) = std::fs::metadata(PATH) else { return Self::Asked };
        let kind = metadata.file_type();
        if kind.is_socket() {
            return Self::Socket;
        }
        if !kind.is_fifo() && !kind.is_char_device() {
            return Self::File;
        }
        // Not to become the terminal that signals come from.
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        let reopened = std::fs::OpenOptions::new()
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(PATH);
        // It may be another user's.
        reopened.map_or(Self::Asked, Self::Reopened)
    }
}

impl Output for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File => io::stderr().lock().write(bytes),
            #[cfg(unix)]
            Self::Socket => {
                use rustix::net::{SendFlags, send};
                Ok(send(io::stderr(), bytes, SendFlags::DONTWAIT)?)
            }
            #[cfg(unix)]
            Self::Reopened(file) => file.write(bytes),
            #[cfg(unix)]
            Self::Asked => {
                use rustix::event::{PollFd, PollFlags, Timespec, poll};

                /// So much goes into a pipe that has room, or nothing (`PIPE_BUF`).
                const AT_ONCE: usize = 512;
                let stderr = io::stderr();
                let mut asked = [PollFd::new(&stderr, PollFlags::OUT)];
                poll(&mut asked, Some(&Timespec::default()))?;
                if !asked[0].revents().contains(PollFlags::OUT) {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Ok(rustix::io::write(&stderr, &bytes[..bytes.len().min(AT_ONCE)])?)
            }
        }
    }
}
