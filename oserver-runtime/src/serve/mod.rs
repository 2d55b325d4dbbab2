//! From the listener to the response: the guarded accept loop.
//!
//! | file | what it does |
//! |---|---|
//! | `bind` | an address becomes a listener |
//! | `app` | what can be served: routers, tower services, one handler |
//! | `accept` | the loop that never ends silently |
//! | `connection` | one connection: hyper, and a request task for each request |
//! | `stream` | the bytes of a connection, and how it ends |
//! | `timer` | hyper's clock |

mod accept;
pub(crate) mod app;
pub(crate) mod bind;
mod connection;
mod stream;
mod timer;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use self::app::IntoApp;
use self::bind::BoundListener;
use crate::guard::error::Result;
use crate::health::routes::Counts;
use crate::isolation::panic_hook;
use crate::isolation::request_task::App;
use crate::request::call::ServerContext;

/// How long a request may take if neither its handler nor the server says.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Serves `app` on `listener`, for ever.
///
/// `app` is an [`oserver::Router`](crate::Router), an [`axum::Router`], any tower service over
/// [`Request`](crate::Request) that is `Clone`, or one `async fn(Request) -> impl IntoResponse` that
/// does its own routing. Await the returned builder to start:
///
/// ```no_run
/// # use oserver_runtime as oserver;
/// # async fn f() -> oserver::Result<()> {
/// async fn api(request: oserver::Request) -> String {
///     format!("you asked for {}", request.uri().path())
/// }
///
/// oserver::serve(oserver::bind("127.0.0.1:8080").await?, api).await
/// # }
/// ```
///
/// Each request runs as a task of its own. A panic in it is answered with 500 and recorded; when its
/// deadline passes it is dropped and answered with 504 (or 408, when it was waiting for a body that
/// stopped arriving); when its client goes away it is dropped.
pub fn serve<A, M>(listener: BoundListener, app: A) -> Serve<A::App>
where
    A: IntoApp<M>,
{
    Serve {
        listener,
        app: app.into_app(),
        timeout: Some(DEFAULT_TIMEOUT),
        counts: Counts(Arc::default()),
    }
}

/// A server that is about to start. Made by [`serve`]; await it.
#[must_use = "a server does nothing until awaited"]
pub struct Serve<A> {
    listener: BoundListener,
    app: A,
    timeout: Option<Duration>,
    counts: Counts,
}

impl<A> Serve<A> {
    /// How long a request may take from its head on, if its handler has no `timeout` of its own.
    /// Default: 30 s. `None`: as long as it likes.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// The address that the server listens on.
    ///
    /// # Errors
    /// When the operating system does not know.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// A reader of what this server will have counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts.clone()
    }
}

impl<A> fmt::Debug for Serve<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Serve")
            .field("listener", &self.listener)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl<A: App> IntoFuture for Serve<A> {
    type Output = Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

    /// Starts the server on the current tokio runtime. Dropping the future stops accepting;
    /// connections that exist are served on.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            panic_hook::install();
            let context = ServerContext::new(self.counts.0, self.timeout);
            accept::run(self.listener, self.app, Arc::new(context)).await
        })
    }
}
