//! A spare file descriptor of the admin service, for a time in which handlers have all others. The probe that gets it
//! returns its own descriptor directly, so that no other code can take it in between.

#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};

#[cfg(not(unix))]
use std::convert::Infallible as OwnedFd;

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::{TcpListener, TcpStream};

/// A probe waits for a descriptor.
static IS_NEEDED: AtomicBool = AtomicBool::new(false);

/// Returns `true` if a probe waits for a file descriptor. Until it has one, servers accept nothing.
pub(crate) fn is_needed() -> bool {
    IS_NEEDED.load(Ordering::SeqCst)
}

pub(super) fn set_needed(needed: bool) {
    IS_NEEDED.store(needed, Ordering::SeqCst);
}

/// A spare file descriptor: a duplicate of the listener.
pub(super) struct Spare {
    pub(super) listener: TcpListener,
    kept: Option<OwnedFd>,
}

impl Spare {
    pub(super) fn of(listener: TcpListener) -> Self {
        let mut spare = Self { listener, kept: None };
        spare.refill();
        spare
    }

    /// Keeps a descriptor, if one is free.
    pub(super) fn refill(&mut self) {
        #[cfg(unix)]
        if self.kept.is_none() {
            self.kept = self.listener.as_fd().try_clone_to_owned().ok();
        }
    }

    /// Returns `true` if a connection waits to be accepted. Without descriptors `accept` fails even if none waits.
    pub(super) fn is_asked(&self) -> bool {
        #[cfg(unix)]
        {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};
            let mut fds = [PollFd::new(&self.listener, PollFlags::IN)];
            poll(&mut fds, Some(&Timespec::default())) != Ok(0)
        }
        #[cfg(not(unix))]
        true
    }

    /// Releases the descriptor. Returns `false` if there is none.
    pub(super) fn release(&mut self) -> bool {
        self.kept.take().is_some()
    }

    /// Keeps the descriptor of a connection that has ended, if none is kept.
    pub(super) fn take_back(&mut self, ended: TcpStream) {
        #[cfg(target_os = "linux")]
        if self.kept.is_none()
            && let Ok(ended) = ended.into_std()
        {
            let mut ended = OwnedFd::from(ended);
            let flags = rustix::io::DupFlags::CLOEXEC;
            self.kept = rustix::io::dup3(&self.listener, &mut ended, flags).ok().map(|()| ended);
        }
        #[cfg(not(target_os = "linux"))]
        drop(ended);
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        // This service gets no further requests.
        set_needed(false);
    }
}
