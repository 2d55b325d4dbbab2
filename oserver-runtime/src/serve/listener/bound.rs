//! TCP and Unix sockets that listen.

use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::Listener;
use super::socket::Socket;
#[cfg(unix)]
use super::unix::BoundUnix;

/// A listener on a TCP or a Unix socket. Made by [`bind`](crate::bind()), or from a listener of tokio that other code
/// bound: [`TcpListener`], or `UnixListener`, whose file then stays.
#[derive(Debug)]
pub struct BoundListener(pub(super) Kind);

#[derive(Debug)]
pub(super) enum Kind {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(BoundUnix),
}

impl BoundListener {
    /// Returns the bound address. If port 0 was requested, it has the port that the system chose.
    ///
    /// # Errors
    /// When it is a Unix socket, or the operating system does not know the address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.0 {
            Kind::Tcp(listener) => listener.local_addr(),
            #[cfg(unix)]
            Kind::Unix(_) => {
                let text = "a Unix socket has no internet address";
                Err(io::Error::new(io::ErrorKind::Unsupported, text))
            }
        }
    }

    /// Sets the file permissions of a Unix socket, such as `0o660`: they decide who may connect. Default: the
    /// permissions that the process's umask leaves. A client needs the right to write. For a TCP socket it has no
    /// effect.
    ///
    /// # Errors
    /// When the file is not this process's.
    #[cfg(unix)]
    pub fn mode(self, mode: u32) -> io::Result<Self> {
        if let Kind::Unix(listener) = &self.0 {
            listener.set_mode(mode)?;
        }
        Ok(self)
    }
}

impl From<TcpListener> for BoundListener {
    fn from(listener: TcpListener) -> Self {
        Self(Kind::Tcp(listener))
    }
}

#[cfg(unix)]
impl From<tokio::net::UnixListener> for BoundListener {
    fn from(listener: tokio::net::UnixListener) -> Self {
        Self(Kind::Unix(BoundUnix { listener, file: None }))
    }
}

#[diagnostic::do_not_recommend]
impl Listener for BoundListener {
    type Transport = Socket;
    type Handshake = Ready<io::Result<Socket>>;

    async fn accept(&self) -> io::Result<Self::Handshake> {
        let socket = match &self.0 {
            Kind::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Small responses must not wait for the acknowledgement of earlier ones. If this cannot be set, they
                // are only slower.
                _ = stream.set_nodelay(true);
                stream.into()
            }
            #[cfg(unix)]
            Kind::Unix(listener) => listener.accept().await?.into(),
        };
        Ok(ready(Ok(socket)))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }

    fn describe(&self) -> String {
        match &self.0 {
            Kind::Tcp(listener) => listener.local_addr().map(|address| address.to_string()),
            #[cfg(unix)]
            Kind::Unix(listener) => listener.describe(),
        }
        .unwrap_or_else(|error| error.to_string())
    }
}
