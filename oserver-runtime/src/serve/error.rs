//! The error of a server that did not start or did not end well.

use std::fmt;
use std::io;

/// The reason why a server did not start, or did not end well. The error of [`serve`](crate::serve()).
///
/// ```
/// # use oserver_runtime as oserver;
/// use oserver::ServeErrorKind;
///
/// # async fn f(listener: oserver::BoundListener, router: oserver::Router) {
/// if let Err(error) = oserver::serve(listener, router).await {
///     match error.kind() {
///         ServeErrorKind::ConnectionsCutOff(connections) => println!("{connections} were cut off"),
///         _ => println!("{error}"),
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct ServeError {
    kind: ServeErrorKind,
    source: Option<io::Error>,
}

/// The kinds of [`ServeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServeErrorKind {
    /// The runtime has no timer, without which there are no deadlines: build it with `enable_all`.
    NoTimer,
    /// The operating system gave no thread, or no event queue, to the server.
    Start,
    /// The accept loop of a [`Listener`](crate::Listener) panicked.
    AcceptLoop,
    /// The process is unrecoverable, and runs on a runtime that `#[oserver::main]` did not build: see
    /// [`Serve::max_blocked_threads`](crate::Serve::max_blocked_threads).
    Unrecoverable,
    /// The server was stopped, and this many connections were cut off after
    /// [`Serve::shutdown_timeout`](crate::Serve::shutdown_timeout).
    ConnectionsCutOff(usize),
    /// The server was stopped, and this many actors had not ended after
    /// [`Serve::shutdown_timeout`](crate::Serve::shutdown_timeout).
    ActorsCutOff(usize),
}

impl ServeError {
    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ServeErrorKind {
        self.kind
    }

    pub(super) fn start(error: io::Error) -> Self {
        Self { kind: ServeErrorKind::Start, source: Some(error) }
    }
}

impl From<ServeErrorKind> for ServeError {
    fn from(kind: ServeErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ServeErrorKind::NoTimer => formatter
                .write_str("the server needs a runtime with a timer: build it with `enable_all`"),
            ServeErrorKind::Start => {
                formatter.write_str("the operating system gave no thread for the server")
            }
            ServeErrorKind::AcceptLoop => formatter.write_str("an accept loop panicked"),
            ServeErrorKind::Unrecoverable => formatter.write_str(
                "the server is unrecoverable: too many threads are blocked past their deadlines, \
                 or the runtime polls nothing",
            ),
            ServeErrorKind::ConnectionsCutOff(connections) => write!(
                formatter,
                "the server stopped, and {connections} connections were cut off at the shutdown timeout"
            ),
            ServeErrorKind::ActorsCutOff(actors) => write!(
                formatter,
                "the server stopped, and {actors} actors were cut off at the shutdown timeout"
            ),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
