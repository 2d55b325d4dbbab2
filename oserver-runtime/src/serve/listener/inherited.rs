//! Sockets that another process opened: a service manager, or the process that ran before.
//!
//! They are announced as systemd does it (sd_listen_fds(3)): `LISTEN_FDS` is their number, from descriptor 3 on, and
//! `LISTEN_PID` the process that they are for. If `LISTEN_FDS_FIRST_FD` is set, they begin there; a parent can so hand
//! over a socket as standard input.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::OnceLock;

use listenfd::ListenFd;

use super::bound::BoundListener;
use crate::sync::Mutex;

/// Returns the sockets that `bind` has not taken yet. Taking one claims its descriptor, so all are claimed at once.
fn waiting() -> &'static Mutex<Vec<Inherited>> {
    static WAITING: OnceLock<Mutex<Vec<Inherited>>> = OnceLock::new();
    WAITING.get_or_init(|| {
        let mut announced = ListenFd::from_env();
        let sockets = (0..announced.len()).filter_map(|index| {
            match announced.take_tcp_listener(index) {
                Ok(listener) => listener.map(Inherited::Tcp),
                // A socket of any other kind is not ours to serve.
                Err(_) => announced.take_unix_listener(index).ok()?.map(Inherited::Unix),
            }
        });
        Mutex::new(sockets.collect())
    })
}

#[derive(Debug)]
pub(super) enum Inherited {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Inherited {
    pub(super) fn is_on(&self, wanted: SocketAddr) -> bool {
        matches!(self, Self::Tcp(listener)
            if listener.local_addr().is_ok_and(|address| address == wanted))
    }

    pub(super) fn listen(self) -> io::Result<BoundListener> {
        Ok(match self {
            Self::Tcp(listener) => {
                listener.set_nonblocking(true)?;
                tokio::net::TcpListener::from_std(listener)?.into()
            }
            Self::Unix(listener) => {
                listener.set_nonblocking(true)?;
                tokio::net::UnixListener::from_std(listener)?.into()
            }
        })
    }

    pub(super) fn is_at(&self, wanted: &Path) -> bool {
        matches!(self, Self::Unix(listener)
            if listener.local_addr().is_ok_and(|address| address.as_pathname() == Some(wanted)))
    }
}

/// Returns the first socket that was announced and not yet taken.
pub(super) fn take_first() -> io::Result<Inherited> {
    let mut waiting = waiting().lock();
    if waiting.is_empty() {
        let text =
            "no further socket was handed to this process; see LISTEN_FDS in sd_listen_fds(3)";
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    Ok(waiting.remove(0))
}

/// Returns the first that is wanted.
pub(super) fn take(is_wanted: impl Fn(&Inherited) -> bool) -> Option<Inherited> {
    let mut waiting = waiting().lock();
    let index = waiting.iter().position(is_wanted)?;
    Some(waiting.remove(index))
}
