//! How user code learns that its server stops.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::sync::Notify;

use crate::request::current;
use crate::request::server::ServerContext;
use crate::sync::until;

/// The first server of the process has begun to stop.
static STOPPING: AtomicBool = AtomicBool::new(false);
static STOPPED: Notify = Notify::const_new();

/// Notes that a server of this process begins to stop.
pub(crate) fn begins() {
    STOPPING.store(true, Ordering::Release);
    STOPPED.notify_waiters();
}

/// Returns a future that resolves when the server begins to stop.
///
/// In a handler that is the server of its request. Elsewhere, as in a spawned task, it is the first server of the
/// process that stops.
///
/// Await it in code that does not end by itself: a WebSocket, server-sent events, a background loop. A WebSocket whose
/// handler has taken this future stays open until `Serve::shutdown_timeout` is over; without it the WebSocket reads
/// its end after one second.
///
/// ```no_run
/// # use oserver_runtime as oserver;
/// use std::time::Duration;
///
/// // In `main`, for work outside of requests:
/// # async fn work() {}
/// # async fn f() {
/// let mut shutdown = oserver::shutdown();
/// loop {
///     tokio::select! {
///         () = &mut shutdown => break,
///         () = tokio::time::sleep(Duration::from_secs(60)) => work().await,
///     }
/// }
/// # }
/// ```
pub fn shutdown() -> Shutdown {
    let server = current::with(|call| {
        call.connection.ends_itself.set(true);
        Arc::clone(&call.server)
    });
    Shutdown::of(server)
}

/// The future of [`shutdown()`]. It is an extractor, too.
#[must_use = "futures do nothing unless polled"]
pub struct Shutdown {
    /// `None`: the first server that stops.
    server: Option<Arc<ServerContext>>,
    stopped: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
}

impl Shutdown {
    fn of(server: Option<Arc<ServerContext>>) -> Self {
        let stopped: Pin<Box<dyn Future<Output = ()> + Send + Sync>> = match server.clone() {
            Some(server) => Box::pin(async move { server.stopped().await }),
            None => Box::pin(until(&STOPPED, || STOPPING.load(Ordering::Acquire))),
        };
        Self { server, stopped }
    }

    /// Returns `true` if the server has begun to stop.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        match &self.server {
            Some(server) => server.is_draining(),
            None => STOPPING.load(Ordering::Acquire),
        }
    }
}

impl Future for Shutdown {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.has_begun() {
            return Poll::Ready(());
        }
        self.stopped.as_mut().poll(context)
    }
}

impl Clone for Shutdown {
    fn clone(&self) -> Self {
        Self::of(self.server.clone())
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shutdown").field("has_begun", &self.has_begun()).finish()
    }
}

oserver_state::__derived! { [] Shutdown, held oserver_state::__private::Nothing }
