//! The builder's part about health: alarms, callbacks, and when the process ends.

use std::net::SocketAddr;
use std::time::Duration;

use crate::health::alarm::AlarmRule;
use crate::health::callbacks::{Alarm, Callbacks, Fault};
use crate::health::thread_budget;
use crate::request_task::target::ServeTarget;
use crate::serve::server::Serve;
use crate::watchdog::runtime_context::LivenessLimits;

/// The health options of a server, as the user set them.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) rule: AlarmRule,
    pub(crate) callbacks: Callbacks,
    pub(crate) liveness: Option<LivenessLimits>,
    #[cfg(feature = "admin")]
    pub(crate) admin: Option<crate::admin::Admin>,
}

impl Watch {
    /// Returns the address of the admin service, if there is one.
    pub(crate) fn admin_addr(&self) -> Option<SocketAddr> {
        #[cfg(feature = "admin")]
        return self.admin.as_ref().and_then(|admin| admin.local_addr().ok());
        #[cfg(not(feature = "admin"))]
        None
    }
}

/// When a server is healthy: all options for [`Serve::health_options`] in one value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HealthOptions {
    /// See [`Serve::max_blocked_threads`]. Default: 256.
    pub max_blocked_threads: usize,
    /// How many faults within [`Self::alarm_window`] raise the alarm of a route. Default: 5.
    pub alarm_faults: u32,
    /// See [`Serve::alarm_after`]. Default: 60 s.
    pub alarm_window: Duration,
    /// See [`Serve::live_timeout`]. Default: 5 s.
    pub live_timeout: Duration,
    /// See [`Serve::exit_after`]. Default: 10 s.
    pub exit_after: Option<Duration>,
}

impl Default for HealthOptions {
    fn default() -> Self {
        let (rule, liveness) = (AlarmRule::default(), LivenessLimits::default());
        Self {
            max_blocked_threads: thread_budget::DEFAULT,
            alarm_faults: rule.faults,
            alarm_window: rule.within,
            live_timeout: liveness.live,
            exit_after: liveness.exit,
        }
    }
}

/// # Health
///
/// Health follows the results of handlers. An open port does not count.
///
/// - A route's **alarm** is raised by several faults in a short time ([`alarm_after`](Self::alarm_after), 5 within 60
///   s), or by a handler that holds its thread past the deadline. Faults are panics, missed deadlines,
///   [`Error`](crate::Error)s, and responses of 5xx other than 501 and 503; one for each request.
/// - A successful request of the route (status below 400) clears its alarm, once the window holds fewer faults than
///   that number. Nothing else clears it: neither time nor other routes.
/// - The server is **ready** while no alarm is raised and tokio's blocking pool starts tasks. If a balancer removes a
///   server that is not ready, the requests that could clear the alarm do not arrive: leave it at least one instance.
/// - The server is **live** while no more threads are abandoned than
///   [`max_blocked_threads`](Self::max_blocked_threads) allows, no actor exceeds its restart limit, the operating
///   system gives threads, and the canary comes back. The canary goes through admission once a second, as a request
///   does. It finds code outside of handlers that holds a worker, such as a spawned task. Overload alone does not end
///   liveness.
/// - A process that has not been live for a while is unrecoverable and exits; see [`exit_after`](Self::exit_after). An
///   actor that exceeds its restart limit does not end the process.
impl<A: ServeTarget> Serve<A> {
    /// Sets all options of health at once. Default: [`HealthOptions::default`].
    pub fn health_options(self, options: HealthOptions) -> Self {
        self.max_blocked_threads(options.max_blocked_threads)
            .alarm_after(options.alarm_faults, options.alarm_window)
            .live_timeout(options.live_timeout)
            .exit_after(options.exit_after)
    }

    /// Sets how many threads may be blocked in handlers past their deadlines. Default: 256.
    ///
    /// A thread cannot be stopped from outside: a thread that blocks for ever is abandoned, and another thread does
    /// its work. When half of this number is abandoned in one route, requests of that route get 503, except for a
    /// probe from time to time. With more than this number the process is unrecoverable. It then writes a record,
    /// accepts no more connections, lets requests finish for up to 5 s, and exits with
    /// [`EXIT_UNRECOVERABLE`](crate::EXIT_UNRECOVERABLE), if it runs under `#[oserver::main]`. On any other runtime
    /// the server ends with an error; see [`Serve::on_unrecoverable`].
    ///
    /// The number holds for the runtime: the server that started last sets it, and a record `limits-changed` reports a
    /// change.
    pub fn max_blocked_threads(mut self, threads: usize) -> Self {
        self.max_blocked_threads = Some(threads);
        self
    }

    /// Sets a callback for an unrecoverable process. Default: none.
    ///
    /// The process is unrecoverable when more threads are abandoned than [`Serve::max_blocked_threads`] allows. It is
    /// also unrecoverable when the runtime polls nothing, tokio's blocking pool starts no task, or the operating system
    /// gives no thread, for longer than [`Serve::exit_after`] allows. The callback runs on its own thread, after requests
    /// had their time to finish. Under `#[oserver::main]` the process exits afterwards. On another runtime the callback
    /// must end the process: a runtime that is dropped would wait for the stuck threads for ever.
    ///
    /// ```no_run
    /// # use oserver_runtime as oserver;
    /// # async fn f(router: oserver::Router) -> oserver::Result<()> {
    /// let listener = oserver::bind("127.0.0.1:8080").await?;
    /// oserver::serve(listener, router)
    ///     .on_unrecoverable(|| std::process::exit(oserver::EXIT_UNRECOVERABLE.into()))
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn on_unrecoverable(mut self, end: impl FnOnce() + Send + 'static) -> Self {
        self.on_unrecoverable = Some(Box::new(end));
        self
    }

    /// Sets how many faults of one route within how long raise its alarm. Default: 5 within 60 s.
    ///
    /// 0 is taken as 1, and more than 65,536 as 65,536.
    pub fn alarm_after(mut self, faults: u32, within: Duration) -> Self {
        let faults = faults.clamp(1, 1 << 16);
        self.watch.rule = AlarmRule { faults, within };
        self
    }

    /// Sets a callback for each fault, to send it to a service that collects faults. Default: none.
    ///
    /// It runs on its own thread and may block. At most 1024 faults wait for it; further ones are dropped and counted
    /// in the next [`Fault::missed`].
    ///
    /// ```no_run
    /// # use oserver_runtime as oserver;
    /// # async fn f(router: oserver::Router) -> oserver::Result<()> {
    /// let listener = oserver::bind("127.0.0.1:8080").await?;
    /// oserver::serve(listener, router)
    ///     .on_fault(|fault| println!("{} on {}", fault.kind.as_str(), fault.route))
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn on_fault(mut self, callback: impl FnMut(&Fault) + Send + 'static) -> Self {
        self.watch.callbacks.on_fault = Some(Box::new(callback));
        self
    }

    /// Sets a callback for alarms of routes that are raised or cleared. Default: none.
    ///
    /// It runs on another thread than the callback of [`Serve::on_fault`], so many faults do not delay it.
    pub fn on_alarm(mut self, callback: impl FnMut(&Alarm) + Send + 'static) -> Self {
        self.watch.callbacks.on_alarm = Some(Box::new(callback));
        self
    }

    /// Sets the admin service: health, metrics, and a page that shows both. Default: none.
    ///
    /// It starts and ends with the server.
    #[cfg(feature = "admin")]
    pub fn admin(mut self, admin: crate::admin::Admin) -> Self {
        self.watch.admin = Some(admin);
        self
    }

    /// Sets whether the server logs one line at level info when it serves: its addresses, the address of the admin
    /// service, and the version of oserver. Default: `true`.
    pub fn start_line(mut self, wanted: bool) -> Self {
        self.start_line = wanted;
        self
    }

    /// Sets how long the canary may take to return; after that the server is not live. Default: 5 s.
    ///
    /// It holds for the runtime: the server that started last sets it, and a record `limits-changed` reports a change.
    pub fn live_timeout(mut self, limit: Duration) -> Self {
        self.watch.liveness.get_or_insert_default().live = limit;
        self
    }

    /// Sets how long after that the process is unrecoverable. Default: 10 s.
    ///
    /// It ends then, as [`max_blocked_threads`](Self::max_blocked_threads) describes. With `None` it never
    /// ends by itself; the supervisor has to restart it. It holds for the runtime, as [`Serve::live_timeout`] does.
    pub fn exit_after(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.watch.liveness.get_or_insert_default().exit = limit.into();
        self
    }
}
