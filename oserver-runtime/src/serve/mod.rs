//! From the listener to the response: the guarded accept loop.
//!
//! | file | what it does |
//! |---|---|
//! | `listener` | where connections come from: TCP, Unix and inherited sockets, or the user's own |
//! | `target` | what can be served: routers, tower services, one handler |
//! | `limits` | the builder's part about clients: deadlines, sizes, numbers |
//! | `systemd` | what a supervisor is told (feature `systemd`) |
//! | `watch` | the builder's part about health: alarms, callbacks, the admin service |
//! | `run` | a server from its start to its end |
//! | `accept` | the loop that never ends silently |
//! | `shutdown` | what makes a server stop |
//! | `connection` | one connection, from its handshake to its end |

mod accept;
mod connection;
mod limits;
pub(crate) mod listener;
mod run;
mod shutdown;
#[cfg(all(unix, feature = "systemd"))]
mod systemd;
pub(crate) mod target;
mod watch;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use self::accept::{Accept, Site};
use self::listener::Listener;
use self::shutdown::Stop;
use self::target::IntoServeTarget;
use self::watch::Watch;
use crate::guard::error::Result;
use crate::health::counts::ServerMetrics;
use crate::health::observer::Observer;
use crate::health::server::ServerHealth;
use crate::isolation::bulkhead::{Bulkhead, repair};
use crate::isolation::panic_hook;
use crate::isolation::work::ServeTarget;
use crate::request::network::NetworkLimits;
use crate::request::server::{DEFAULT_TIMEOUT, ServerContext};

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
/// oserver::serve(oserver::bind("127.0.0.1:8080").await?, api).await
/// # }
/// ```
///
/// Each request runs as a task of its own. A panic in it is answered with 500 and recorded; when its
/// deadline passes it is dropped and answered with 504 (or 408, when it was waiting for a body that
/// stopped arriving); when its client goes away it is dropped.
///
/// HTTP/1 and HTTP/2 are told apart by what a client says first.
///
/// # Stopping
/// Under `#[oserver::main]`, SIGTERM and SIGINT stop the server; on any other runtime see
/// [`Serve::with_graceful_shutdown`]. It takes no more connections (those that wait are still taken), answers what it
/// has, each answer the last of its connection, and after a second closes connections that have
/// no request. [`Serve::shutdown_timeout`] (25 s) later the rest is cut off. The future then resolves, to an
/// error if something was cut off; a process whose `main` returns that exits with 1, and with 0
/// otherwise. A second signal ends the process at once, with 128 and the signal's number.
pub fn serve<L, A, M>(listener: L, app: A) -> Serve<A::Target>
where
    L: Listener,
    A: IntoServeTarget<M>,
{
    #[cfg(feature = "log")]
    crate::log::install_by_default();
    Serve {
        listeners: vec![Box::new(listener)],
        app: app.into_target(),
        timeout: Some(DEFAULT_TIMEOUT),
        metrics: ServerMetrics(Arc::default()),
        watch: Watch::default(),
        max_blocked_threads: None,
        on_unrecoverable: None,
        network: NetworkLimits::default(),
        stop: None,
    }
}

/// A server that is about to start. Made by [`serve`]; await it.
#[must_use = "a server does nothing until awaited"]
pub struct Serve<A> {
    listeners: Vec<Box<dyn Accept<A>>>,
    app: A,
    timeout: Option<Duration>,
    metrics: ServerMetrics,
    watch: Watch,
    max_blocked_threads: Option<usize>,
    on_unrecoverable: Option<Box<dyn FnOnce() + Send>>,
    network: NetworkLimits,
    stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl<A: ServeTarget> Serve<A> {
    /// Serves the same on another listener, too.
    ///
    /// ```no_run
    /// # use oserver_runtime as oserver;
    /// # async fn f(router: oserver::Router) -> oserver::Result<()> {
    /// oserver::serve(oserver::bind("[::]:8080").await?, router)
    ///     .add_listener(oserver::bind("unix:/run/service.sock").await?.mode(0o660)?)
    ///     .await
    /// # }
    /// ```
    pub fn add_listener(mut self, listener: impl Listener) -> Self {
        self.listeners.push(Box::new(listener));
        self
    }

    /// Stops the server when `stop` resolves, besides what stops it otherwise; see
    /// [Stopping](serve#stopping).
    pub fn with_graceful_shutdown(
        mut self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.stop = Some(Box::pin(stop));
        self
    }

    /// How long a request may take from its head on, if its handler has no `timeout` of its own.
    /// Default: 30 s. `None`: as long as it likes.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// How many threads may be stuck in handlers past their deadlines. Default: 256.
    ///
    /// A thread cannot be stopped from outside: one that blocks for ever is abandoned, and another does
    /// its work. When half of them are stuck in one route, that route is answered with 503, but for a
    /// probe now and then. With one more than this the process is unrecoverable: it says so in its
    /// log, takes no more connections, lets requests finish for up to 5 s, and then exits with
    /// [`EXIT_UNRECOVERABLE`](crate::EXIT_UNRECOVERABLE), if it runs under `#[oserver::main]`. On any
    /// other runtime the server ends with an error; see [`Serve::on_unrecoverable`].
    ///
    /// The threads are those of the runtime: of several servers on it, the one that was started last
    /// says how many.
    pub fn max_blocked_threads(mut self, threads: usize) -> Self {
        self.max_blocked_threads = Some(threads);
        self
    }

    /// Calls `end` when more threads are stuck than [`Serve::max_blocked_threads`] allows, or nothing was polled
    /// for longer than [`Serve::exit_after`] allows, and requests had their time to finish: on a thread of its own, before the process exits under
    /// `#[oserver::main]`. On another runtime it is for you to end the process in there; a runtime
    /// that is dropped would wait for the stuck threads for ever.
    ///
    /// ```no_run
    /// # use oserver_runtime as oserver;
    /// # async fn f(router: oserver::Router) -> oserver::Result<()> {
    /// let listener = oserver::bind("127.0.0.1:8080").await?;
    /// oserver::serve(listener, router)
    ///     .on_unrecoverable(|| std::process::exit(oserver::EXIT_UNRECOVERABLE.into()))
    ///     .await
    /// # }
    /// ```
    pub fn on_unrecoverable(mut self, end: impl FnOnce() + Send + 'static) -> Self {
        self.on_unrecoverable = Some(Box::new(end));
        self
    }

    /// The address of the first listener.
    ///
    /// # Errors
    /// When it is none of the internet, or the operating system does not know.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listeners[0].local_addr()
    }

    /// A reader of what this server will have counted.
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
    type Output = Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

    /// Starts the server on the current tokio runtime.
    ///
    /// # Errors
    /// When the runtime has no time, when the operating system gives no thread for the watchdog, when the
    /// server was stopped and not all connections were done in time, or when more threads are stuck in
    /// handlers than [`Serve::max_blocked_threads`] allows, on a runtime other than that of
    /// `#[oserver::main]`.
    ///
    /// # Cancel safety
    /// Dropping the future stops accepting;
    /// connections that exist are served on.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            // Without time there are no deadlines. tokio says so by a panic, as it would to each
            // connection.
            std::panic::catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)))
                .map_err(|_| "the server needs a runtime with time: build it with `enable_all`")?;
            panic_hook::install();
            let bulkhead = Bulkhead::of_this_runtime()?;
            if let Some(threads) = self.max_blocked_threads {
                bulkhead.budget.set_limit(threads);
            }
            if let Some(end) = self.on_unrecoverable {
                bulkhead.repair.add_callback(end);
            }
            bulkhead.timeout.set(self.timeout);
            let health = Arc::new(ServerHealth::new(
                self.metrics.0,
                Arc::clone(&bulkhead.health),
                self.watch.rule,
                Observer::start(self.watch.callbacks)?,
            ));
            #[cfg(feature = "admin")]
            let _admin = match self.watch.admin {
                Some(admin) => Some(crate::admin::start(admin, &health)?),
                None => None,
            };
            #[cfg(all(unix, feature = "systemd"))]
            let _notified = systemd::start(&health)?;
            if let Some(patience) = self.watch.patience {
                *bulkhead.patience.lock().unwrap_or_else(PoisonError::into_inner) = patience;
            }
            let server = ServerContext::new(
                health,
                self.timeout,
                bulkhead.share(),
                self.app.names_routes(),
                self.network,
            );
            let stop = Stop { asked: self.stop, signals: repair::owns_process() };
            let site = Site { app: self.app, server: Arc::new(server), bulkhead };
            run::run(self.listeners, site, stop).await
        })
    }
}
