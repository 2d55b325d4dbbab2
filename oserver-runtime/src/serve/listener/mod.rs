//! Where connections come from.
//!
//! | file | what it does |
//! |---|---|
//! | `bind` | an address becomes a listener |
//! | `bound` | TCP and Unix sockets that listen |
//! | `socket` | a TCP or Unix connection |
//! | `unix` | the file of a Unix socket: who made it, who removes it |
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

/// Where a server's connections come from. [`bind`](crate::bind) makes those for TCP and Unix sockets;
/// implement it for what else there is, as TLS:
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
    message = "`{Self}` cannot be listened on",
    label = "no listener",
    note = "bind an address first: `oserver::serve(oserver::bind(\"127.0.0.1:8080\").await?, ..)`"
)]
pub trait Listener: Send + Sync + 'static {
    /// A connection, ready for HTTP.
    type Transport: Transport;
    /// The handshake of a connection: it runs beside the accept loop, so that one slow client holds up
    /// nobody, and has a deadline; see [`Serve::handshake_timeout`](crate::Serve::handshake_timeout).
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

    /// Returns the address, if it is one of the internet.
    ///
    /// # Errors
    /// When there is none, or the operating system does not know.
    fn local_addr(&self) -> io::Result<SocketAddr>;

    /// Returns where it listens, for the line that a server logs at start. Default: the address of
    /// [`Self::local_addr`].
    fn describe(&self) -> String {
        self.local_addr().map_or_else(|error| error.to_string(), |address| address.to_string())
    }
}

/// The bytes of a connection.
///
/// The methods have defaults that do nothing; with them a client that goes away while its handler
/// runs is noticed when the response is sent.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Ready when the client has closed the connection, or its sending side. Asked while a handler runs and
    /// nobody reads; no byte may be taken. When it is not ready, `context` must be woken when that may have changed;
    /// after [`Closed::Sending`] it is asked again without that.
    fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<Closed> {
        _ = context;
        Poll::Pending
    }

    /// Returns the address of the other end, for records and for
    /// [`ConnectInfo`](https://docs.rs/axum/0.8/axum/extract/struct.ConnectInfo.html). Asked once, after the handshake.
    fn peer_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// Returns what each request on the connection has in its extensions, such as the certificate of the client.
    /// Default: nothing. Asked once, after the handshake.
    fn extensions(&self) -> Extensions {
        Extensions::new()
    }

    /// Has the connection reset when it is dropped, not closed: a response on it broke off, and must
    /// not look complete to a client that reads until the end.
    fn reset_on_drop(&mut self) {}
}

/// The side that a client has closed, for [`Transport::poll_closed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Nothing more comes. The client waits for its answer, or has gone: TCP says the same of both until something
    /// is sent.
    Sending,
    /// The client has gone.
    Both,
}
