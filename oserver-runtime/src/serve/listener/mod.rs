//! The sources of connections.
//!
//! | file | what it does |
//! |---|---|
//! | `bind` | makes a listener from an address |
//! | `bound` | TCP and Unix sockets that listen |
//! | `socket` | a TCP or Unix connection |
//! | `unix` | the file of a Unix socket: creates and removes it |
//! | `inherited` | sockets that another process opened |

pub(crate) mod bind;
pub(crate) mod bound;
#[cfg(unix)]
mod inherited;
pub(crate) mod socket;
#[cfg(unix)]
mod unix;

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use http::Extensions;
use tokio::io::{AsyncRead, AsyncWrite};

/// The source of a server's connections. [`bind`](crate::bind) makes listeners for TCP and Unix sockets. Implement it
/// for other kinds of connections, such as TLS:
///
/// ```
/// # use oserver_runtime as oserver;
/// use std::io;
/// use std::pin::Pin;
/// use std::task::{Context, Poll};
///
/// use oserver::{BoundListener, Listener, Socket};
///
/// /// Accepts a connection only if it says hello.
/// struct Polite(BoundListener);
///
/// impl Listener for Polite {
///     type Transport = Socket;
///     type Handshake = Pin<Box<dyn Future<Output = io::Result<Socket>> + Send>>;
///
///     async fn accept(&self) -> io::Result<Self::Handshake> {
///         let socket = self.0.accept().await?.await?;
///         Ok(Box::pin(hello(socket)))
///     }
///
///     fn local_addr(&self) -> io::Result<std::net::SocketAddr> {
///         self.0.local_addr()
///     }
/// }
///
/// async fn hello(mut socket: Socket) -> io::Result<Socket> {
///     // … read from the socket; an error closes the connection.
/// #    _ = &mut socket;
///     Ok(socket)
/// }
/// # fn is_listener<L: Listener>() {}
/// # is_listener::<Polite>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a listener",
    label = "not a listener",
    note = "bind an address first: `oserver::serve(oserver::bind(\"127.0.0.1:8080\").await?, ..)`"
)]
pub trait Listener: Send + Sync + 'static {
    /// A connection, ready for HTTP.
    type Transport: Transport;
    /// The handshake of a connection. It runs beside the accept loop, so that a slow client does not delay others, and
    /// has a deadline; see [`Serve::handshake_timeout`](crate::Serve::handshake_timeout).
    type Handshake: Future<Output = io::Result<Self::Transport>> + Send + 'static;

    /// Waits for the next connection. It does not talk to it: that is for the handshake.
    ///
    /// # Errors
    /// An error that belongs to one connection (aborted, refused, reset) is passed over. After any
    /// other it is recorded and tried again in a moment.
    ///
    /// # Cancel safety
    /// The future is dropped when the server stops; no connection may be timeout by that.
    fn accept(&self) -> impl Future<Output = io::Result<Self::Handshake>> + Send;

    /// Returns the address, if it is an internet address.
    ///
    /// # Errors
    /// When there is none, or the operating system does not know the address.
    fn local_addr(&self) -> io::Result<SocketAddr>;

    /// Returns where it listens, for the line that a server logs at start. Default: the address of
    /// [`Self::local_addr`].
    fn describe(&self) -> String {
        self.local_addr().map_or_else(|error| error.to_string(), |address| address.to_string())
    }
}

/// The bytes of a connection.
///
/// The methods have defaults that do nothing; with them the server notices only at the response that a client left
/// while its handler ran.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Ready when the client has closed the connection, or its sending side. The server calls it while a handler runs
    /// and no code reads; it must take no byte. When it is not ready, it must wake `context` when that may have
    /// changed. After [`Closed::Sending`] the server calls it again without that.
    fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<Closed> {
        _ = context;
        Poll::Pending
    }

    /// Returns the address of the other end, for records and for
    /// [`ConnectInfo`](https://docs.rs/axum/0.8/axum/extract/struct.ConnectInfo.html). Asked once, after the handshake.
    fn peer_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// Returns the extensions that each request of the connection gets, such as the certificate of the client.
    /// Default: none. Called once, after the handshake.
    fn extensions(&self) -> Extensions {
        Extensions::new()
    }

    /// Makes the drop reset the connection instead of closing it: a response on it broke off, and must
    /// not look complete to a client that reads until the end.
    fn reset_on_drop(&mut self) {}
}

/// The side that a client has closed, for [`Transport::poll_closed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The client sends no more. It waits for its answer, or has left: TCP reports both in the same way until the
    /// server sends something.
    Sending,
    /// The client has gone.
    Both,
}
