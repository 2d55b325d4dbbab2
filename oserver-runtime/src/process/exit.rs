//! The exit of the process. Nothing may delay it: no lock of std, no handler of `atexit`, no drop.
//!
//! Invariant: a requested exit happens. A thread that was started beforehand ends the process if the exiting thread is
//! stuck, because at the time of an exit the system may give no thread.

use std::process::{abort, exit};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::clock::lived::lived;
use crate::fault_log::{process_fault, sink};

/// How long an exit may take: handlers of `atexit` run in it.
const EXIT: Duration = Duration::from_secs(2);
/// How long a server takes at most to cut off the rest after its shutdown timeout.
const FORCED: Duration = Duration::from_secs(3);
/// How long the last lines of the log may take.
const LAST_LINES: Duration = Duration::from_millis(500);

/// `None` when the operating system gave no thread.
static ENFORCER: OnceLock<Option<Sender<Order>>> = OnceLock::new();

/// The time by which the process must have ended, and the exit code if it has not.
struct Order {
    until: Instant,
    code: i32,
    /// The part that has not ended by then.
    what: &'static str,
}

/// Starts the thread, if it is not running.
pub(crate) fn prepare() {
    enforcer();
}

fn enforcer() -> Option<&'static Sender<Order>> {
    let start = || {
        let (orders, received) = channel();
        let thread = thread::Builder::new().name("oserver-exit".into());
        thread.spawn(move || enforce(&received)).ok().map(|_| orders)
    };
    ENFORCER.get_or_init(start).as_ref()
}

/// Ends the process with `code` if it has not ended within `limit`. Of several such orders the first to
/// come due counts.
pub(crate) fn within(limit: Duration, code: i32, what: &'static str) {
    if let Some(enforcer) = enforcer() {
        _ = enforcer.send(Order { until: lived() + limit, code, what });
    }
}

/// The longest shutdown timeout of all servers, in milliseconds.
static LONGEST_SHUTDOWN: AtomicU64 = AtomicU64::new(0);

/// Notes the shutdown timeout of a server that starts.
pub(crate) fn add_server(shutdown: Duration) {
    let shutdown = u64::try_from(shutdown.as_millis()).unwrap_or(u64::MAX);
    LONGEST_SHUTDOWN.fetch_max(shutdown, Ordering::Relaxed);
}

/// Limits the time after a signal. After its servers have stopped, `main` may take as long again as they.
pub(crate) fn after_signal() {
    let servers = Duration::from_millis(LONGEST_SHUTDOWN.load(Ordering::Relaxed)) + FORCED;
    within(
        servers.saturating_add(servers),
        1,
        "`main` did not return after its servers had stopped",
    );
}

/// Limits the time after `main` has returned. std writes the error of a `main` under the lock of its stderr, which a
/// handler may hold for ever.
pub(crate) fn after_main() {
    within(EXIT, 1, "the end of `main` takes too long");
}

/// Ends the process.
pub(crate) fn now(code: i32) -> ! {
    within(LAST_LINES + EXIT, code, "the exit takes too long");
    sink::flush(LAST_LINES);
    exit(code)
}

fn enforce(orders: &Receiver<Order>) {
    let Ok(mut first) = orders.recv() else { return };
    loop {
        match orders.recv_timeout(first.until.saturating_duration_since(lived())) {
            Ok(order) if order.until < first.until => first = order,
            Ok(_) | Err(RecvTimeoutError::Disconnected) => {}
            // The process may have been stopped in the meantime.
            Err(RecvTimeoutError::Timeout) if lived() < first.until => {}
            Err(RecvTimeoutError::Timeout) => break,
        }
    }
    process_fault::exit_stuck(first.what);
    // The other thread may be stuck before its exit, or in it; then this one gets stuck there, too.
    let abort_later = || {
        thread::sleep(EXIT);
        abort();
    };
    if thread::Builder::new().spawn(abort_later).is_err() {
        abort();
    }
    exit(first.code);
}
