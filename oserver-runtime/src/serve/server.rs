//! `serve`, and the server that it returns: a builder, and the future that runs it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use oserver_state::errors::Handlers;

use crate::fault_log::process_fault;
use crate::health::callbacks::Observer;
use crate::health::readiness::ServerHealth;
use crate::health::server_metrics::ServerMetrics;
use crate::monitor;
use crate::panic::hook;
use crate::process::{exit, exit_code};
use crate::request::client::Network;
use crate::request::default_timeout::DEFAULT_TIMEOUT;
use crate::request::limits::Limits;
use crate::request::server::ServerContext;
use crate::request_task::target::ServeTarget;
use crate::serve::accept::{Accept, ServerParts};
use crate::serve::error::{ServeError, ServeErrorKind};
use crate::serve::listener::Listener;
use crate::serve::options::health::Watch;
use crate::serve::stop_signal::Stop;
use crate::serve::target::Serves;
use crate::serve::{runtime_limits, start_line};

/// Serves `app` on `listener`, until it is stopped.
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
/// oserver::serve(oserver::bind("127.0.0.1:8080").await?, api).await?;
/// # Ok(()) }
/// ```
///
/// A panic in a request is answered with 500 and recorded. At its deadline a request is dropped and answered with 504, or
/// with 408 if it waited for a body that stopped arriving. A request whose client leaves is dropped.
///
/// The first bytes of a client distinguish HTTP/1 and HTTP/2.
///
/// # Stopping
/// Under `#[oserver::main]`, SIGTERM and SIGINT stop the server; on any other runtime see
/// [`Serve::shutdown_on_signals`] and [`Serve::with_graceful_shutdown`]. [`shutdown()`](crate::shutdown()) notifies
/// handlers.
///
/// 1. The server accepts no more connections, except those that wait already. It answers the requests that it has;
///    each response is the last of its connection.
/// 2. After one second, connections without a request are closed. A WebSocket reads its end then, unless its handler
///    has taken [`shutdown()`](crate::shutdown()).
/// 3. After [`Serve::shutdown_timeout`] (25 s) the rest is cut off, and the future resolves. It resolves to an error if
///    a connection or an actor was cut off. A process whose `main` returns that error exits with 1, otherwise with 0.
///
/// A second signal ends the process at once, with 128 and the signal's number. After the first signal `main` may take
/// as long again as steps 1 to 3 for its own work; then the process ends with 1.
#[rustfmt::skip]
pub fn serve<L: Listener, A, M, T: ServeTarget>(listener: L, app: A) -> Serve<T> where Handlers: Serves<A, M, T> {
    #[cfg(feature = "log")]
    crate::log::install_by_default();
    Serve {
        listeners: vec![Box::new(listener)],
        app: Handlers::target(app),
        timeout: Some(DEFAULT_TIMEOUT),
        metrics: ServerMetrics(Arc::default()),
        watch: Watch::default(),
        max_blocked_threads: None,
        on_unrecoverable: None,
        network: Limits::default(),
        proxies: Vec::new(),
        stop: None,
        signals: false,
        start_line: true,
    }
}

/// A server that is about to start. Made by [`serve`]; await it.
#[must_use = "a server does nothing until awaited"]
pub struct Serve<A> {
    pub(super) listeners: Vec<Box<dyn Accept<A>>>,
    pub(super) app: A,
    pub(super) timeout: Option<Duration>,
    pub(super) metrics: ServerMetrics,
    pub(super) watch: Watch,
    pub(super) max_blocked_threads: Option<usize>,
    pub(super) on_unrecoverable: Option<Box<dyn FnOnce() + Send>>,
    pub(super) network: Limits,
    pub(super) proxies: Vec<Network>,
    pub(super) stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pub(super) signals: bool,
    pub(super) start_line: bool,
}

impl<A: ServeTarget> Serve<A> {
    /// Adds a listener: the server serves the same target on it.
    ///
    /// ```no_run
    /// # use oserver_runtime as oserver;
    /// # async fn f(router: oserver::Router) -> oserver::Result<()> {
    /// oserver::serve(oserver::bind("[::]:8080").await?, router)
    ///     .add_listener(oserver::bind("unix:/run/service.sock").await?.mode(0o660)?)
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn add_listener(mut self, listener: impl Listener) -> Self {
        self.listeners.push(Box::new(listener));
        self
    }

    /// Sets a future that stops the server when it resolves, in addition to signals. Default: none. See
    /// [Stopping](serve#stopping).
    pub fn with_graceful_shutdown(
        mut self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.stop = Some(Box::pin(stop));
        self
    }

    /// Stops the server on SIGTERM and SIGINT, on a runtime that `#[oserver::main]` did not build; `#[oserver::main]`
    /// does this by default. A second signal ends the process at once. SIGHUP is recorded and changes nothing.
    ///
    /// Without it, and without [`Serve::with_graceful_shutdown`], a signal ends such a process at once, with all
    /// requests in flight.
    ///
    /// ```no_run
    /// # use oserver_runtime as oserver;
    /// # async fn f(router: oserver::Router) -> oserver::Result<()> {
    /// // Under `#[tokio::main]`:
    /// let listener = oserver::bind("127.0.0.1:8080").await?;
    /// oserver::serve(listener, router).shutdown_on_signals().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn shutdown_on_signals(mut self) -> Self {
        self.signals = true;
        self
    }

    /// Returns the address of the first listener.
    ///
    /// # Errors
    /// When the listener has no IP address, or the operating system does not know the address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listeners[0].local_addr()
    }

    /// Returns a reader of this server's counters.
    #[must_use]
    pub fn metrics(&self) -> ServerMetrics {
        self.metrics.clone()
    }
}

impl<A> fmt::Debug for Serve<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Serve")
            .field("listeners", &self.listeners.len())
            .field("timeout", &self.timeout)
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

impl<A: ServeTarget> IntoFuture for Serve<A> {
    type Output = Result<(), ServeError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<(), ServeError>> + Send>>;

    /// Starts the server on the current tokio runtime.
    ///
    /// # Errors
    /// [`ServeErrorKind`](crate::ServeErrorKind) lists the errors.
    ///
    /// # Cancel safety
    /// Dropping the future stops the accept loop; existing connections are served further.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            // Without time there are no deadlines. tokio reports that by a panic, here as for each connection.
            std::panic::catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)))
                .map_err(|_| ServeErrorKind::NoTimer)?;
            hook::install();
            let runtime = monitor::runtime_context().map_err(ServeError::start)?;
            runtime_limits::set(&runtime, self.max_blocked_threads, self.watch.liveness);
            if let Some(end) = self.on_unrecoverable {
                runtime.escalation.add_callback(end);
            }
            runtime.timeout.set(self.timeout);
            let start_line =
                self.start_line.then(|| start_line::text(&self.listeners, self.watch.admin_addr()));
            let health = Arc::new(ServerHealth::new(
                self.metrics.0,
                Arc::clone(&runtime.health),
                self.watch.rule,
                Observer::start(self.watch.callbacks).map_err(ServeError::start)?,
            ));
            #[cfg(feature = "admin")]
            let _admin = match self.watch.admin {
                Some(admin) => {
                    Some(crate::admin::start(admin, &health).map_err(ServeError::start)?)
                }
                None => None,
            };
            #[cfg(all(unix, feature = "systemd"))]
            let _notified = crate::serve::systemd::start(&health).map_err(ServeError::start)?;
            let mut server = ServerContext::new(
                health,
                self.timeout,
                runtime.share(),
                self.app.names_routes(),
                self.network,
            );
            server.proxies = self.proxies;
            let signals = self.signals || exit_code::owns_process();
            if signals {
                exit::prepare();
            } else if self.stop.is_none() {
                process_fault::without_signals();
            }
            exit::add_server(self.network.shutdown_timeout);
            let stop = Stop { asked: self.stop, signals };
            let parts = ServerParts { app: self.app, server: Arc::new(server), runtime };
            crate::serve::run::run(self.listeners, parts, stop, start_line).await
        })
    }
}
