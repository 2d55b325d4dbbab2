//! The exit of the process, which nothing may hold up: no lock of std, no handler of `atexit`, no drop.
//!
//! Invariant: an exit that was asked for happens. A thread that was started beforehand ends the process
//! when the thread that exits is stuck; at the time of an exit there may be no thread to be had.

use std::process::{abort, exit};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::fault_log::sink;

/// How long an exit may take: handlers of `atexit` run in it.
const EXIT: Duration = Duration::from_secs(2);
/// How long the last lines of the log may take.
const LAST_LINES: Duration = Duration::from_millis(500);

/// `None` when the operating system gave no thread.
static ENFORCER: OnceLock<Option<Sender<Order>>> = OnceLock::new();

/// Until when the process must have ended, and with which code it is ended otherwise.
struct Order {
    until: Instant,
    code: i32,
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

/// Ends the process with `code` if it has not ended within `limit`.
pub(crate) fn within(limit: Duration, code: i32) {
    if let Some(enforcer) = enforcer() {
        _ = enforcer.send(Order { until: Instant::now() + limit, code });
    }
}

/// `main` has returned: what is left to do may not take long. std writes the error of a `main` under the
/// lock of its stderr, which a handler may hold for ever.
pub(crate) fn after_main() {
    within(EXIT, 1);
}

/// Ends the process.
pub(crate) fn now(code: i32) -> ! {
    within(LAST_LINES + EXIT, code);
    sink::flush(LAST_LINES);
    exit(code)
}

fn enforce(orders: &Receiver<Order>) {
    let Ok(mut first) = orders.recv() else { return };
    loop {
        match orders.recv_timeout(first.until.saturating_duration_since(Instant::now())) {
            Ok(order) if order.until < first.until => first = order,
            Ok(_) | Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => break,
        }
    }
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
