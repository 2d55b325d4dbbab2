//! Faults of the process, not of one request.

use std::sync::Once;
use std::time::Duration;

use crate::fault_log::background;
use crate::fault_log::record::{Level, Record};
use crate::health::liveness::Trouble;

/// Records that the runtime cannot serve any more and does not wait for a recovery.
pub(crate) fn unrecoverable(trouble: Trouble, abandoned: usize) {
    let message = format!("unrecoverable: {trouble}; this process exits");
    let record = Record::new(Level::Error, "unrecoverable", &message);
    Record { abandoned: Some(abandoned), ..record }.write();
}

/// Records that the canary does not come back.
pub(crate) fn wedged(trouble: Trouble) {
    Record::new(Level::Error, "wedged", &trouble.to_string()).write();
}

/// Records that the canary came back.
pub(crate) fn recovered(message: &str) {
    Record::new(Level::Warn, "recovered", message).write();
}

/// Records that tokio's blocking pool starts no task. `suspects`: the routes that may hold its threads.
pub(crate) fn pool_is_full(trouble: Trouble, suspects: &str) {
    let mut message = trouble.to_string();
    if !suspects.is_empty() {
        message += "; most deadlines were missed by ";
        message += suspects;
    }
    Record::new(Level::Error, "blocking-pool", &message).write();
}

/// Records that the operating system gives no further thread for handlers beside the existing `threads`.
pub(crate) fn no_thread(error: &std::io::Error, threads: usize) {
    if background::is_first_of_minute("no-thread", "overflow") {
        let message = format!(
            "the operating system gives no thread for handlers: {error}; {threads} run; raise the limit of threads \
             (`ulimit -u`, systemd's `TasksMax`, `pids.max`)"
        );
        Record::new(Level::Error, "no-thread", &message).write();
    }
}

/// Records that the process does not end by itself, so oserver ends it.
pub(crate) fn exit_stuck(what: &str) {
    let message = format!("{what}: the process is ended");
    Record::new(Level::Error, "exit-stuck", &message).write();
}

/// Records that the process does not handle the signals that stop it.
pub(crate) fn without_signals() {
    static RECORDED: Once = Once::new();
    let message = "SIGTERM and SIGINT end the process at once, with all requests in flight: call \
                   `Serve::shutdown_on_signals` or `Serve::with_graceful_shutdown`, or use `#[oserver::main]`";
    RECORDED.call_once(|| Record::new(Level::Warn, "degraded-isolation", message).write());
}

/// Records how long the process did not run.
pub(crate) fn was_stopped(stopped: Duration) {
    let message =
        format!("the process was stopped for {stopped:.1?}; no deadline counts that time");
    Record::new(Level::Warn, "process-stopped", &message).write();
}

/// Records that a server that starts changed limits of all servers of the runtime.
pub(crate) fn limits_changed(before: &str, now: &str) {
    let message = format!(
        "a server that starts changes limits of all servers of this runtime: they were {before}, and are {now}; set \
         the same limits on each server"
    );
    Record::new(Level::Warn, "limits-changed", &message).write();
}

/// Records a signal that changes nothing.
pub(crate) fn ignored_signal(name: &str) {
    let message = format!("received {name}, which changes nothing; SIGTERM stops the server");
    Record::new(Level::Warn, "signal-ignored", &message).write();
}

/// Records, once, that isolation is degraded on this system or runtime.
pub(crate) fn degraded_isolation(message: &str) {
    static RECORDED: Once = Once::new();
    RECORDED.call_once(|| Record::new(Level::Warn, "degraded-isolation", message).write());
}
