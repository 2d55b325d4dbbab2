//! Faults: each is counted and written here, and only here.

use std::backtrace::Backtrace;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::fault_log::notify::{Event, notify};
use crate::fault_log::rate_limit::Detail;
use crate::fault_log::record::{Level, Record};
use crate::fault_log::stack_record::StackRequest;
pub(crate) use crate::fault_log::stage::Stage;
use crate::fault_log::{alarm_record, background};
use crate::health::callbacks::FaultKind;
use crate::meta::HandlerMeta;
use crate::metrics::counters::Counters;
use crate::request::connection::ConnectionContext;
use crate::request::state::Call;

/// The panic hook's report of a panic.
#[derive(Debug)]
pub(crate) struct PanicReport {
    pub(crate) message: String,
    /// `file:line:column`
    pub(crate) location: String,
    /// The backtrace of the first panic of a place in a minute, symbols not yet resolved.
    pub(crate) frames: Option<Box<Backtrace>>,
}

/// Records a panic in a request.
pub(crate) fn panic(call: &Call, stage: Stage, report: PanicReport) {
    count(call, |counters| &counters.panics);
    let event = Event { location: Some(&report.location), ..Event::default() };
    notify(call, FaultKind::Panic, &report.message, event);
    report.write("panic", Record { stage: Some(stage), ..of(call, Record::default()) });
    // A panic that user code caught becomes a fault only by the status of the response.
    if stage != Stage::Caught {
        alarm_record::faulty(call);
    }
}

/// Records a panic of a thread that works for no request and no actor.
pub(crate) fn panic_outside(thread: &str, report: PanicReport) {
    report.write("panic", Record { thread: Some(thread), ..Record::default() });
}

/// Records a missed deadline; the client gets 504. With `wants_stack` the poller may be asked for the stack.
pub(crate) fn timeout(call: &Call, wants_stack: bool) -> Option<StackRequest> {
    late(call);
    let request = wants_stack.then(|| StackRequest::of_call("timeout-stack", call, true)).flatten();
    if let Some(request) = &request {
        let stack = Arc::clone(&request.later);
        call.route().last_timeout.set(call.id.to_string(), stack);
    }
    let message = "the request was not answered by its deadline";
    report(call, FaultKind::Timeout, message, request.as_ref());
    request
}

/// Records that the client gets 504 because the handler holds its thread.
pub(crate) fn late_by_block(call: &Call) {
    count(call, |counters| &counters.blocked_timeouts);
    late(call);
}

fn late(call: &Call) {
    count(call, |counters| &counters.timeouts);
    alarm_record::faulty(call);
}

/// Records that the deadline passed while the handler waited for the client's body: the client gets 408.
pub(crate) fn stalled_body(call: &Call) {
    count(call, |counters| &counters.stalled_bodies);
    report(call, FaultKind::StalledBody, "the request's body did not arrive by the deadline", None);
}

/// Records a poll that holds its thread past the deadline; `abandoned` threads are past their deadlines now. The
/// client gets 504, or its response breaks off. `activity` finds out what the thread does. Returns the request for its
/// stack, if that can be read.
pub(crate) fn blocked(
    call: &Call,
    stage: Option<Stage>,
    abandoned: usize,
    activity: impl FnOnce() -> Option<String>,
) -> Option<StackRequest> {
    count(call, |counters| &counters.blocked);
    let message = "the handler holds its thread past the deadline";
    let is_full = background::admit(Level::Error, "blocked", &call.route().label()) == Detail::Full;
    // The activity is left out when the record is suppressed: reading it takes system calls.
    let activity = if is_full { activity() } else { None };
    let can_trace = is_full && cfg!(feature = "stacks");
    let request = can_trace.then(|| StackRequest::of_call("blocked-stack", call, false)).flatten();
    let event = Event { activity: activity.clone(), stack: request.as_ref(), ..Event::default() };
    notify(call, FaultKind::Blocked, message, event);
    if is_full {
        let (activity, record) =
            (activity.as_deref(), Record::new(Level::Error, "blocked", message));
        Record { abandoned: Some(abandoned), stage, activity, ..of(call, record) }.write();
    }
    alarm_record::faulty(call);
    request
}

/// Records a request that was not begun: the client gets 503.
pub(crate) fn refused(call: &Call, why: &str) {
    count(call, |counters| &counters.refused);
    report(call, FaultKind::Refused, &format!("the request was refused: {why}"), None);
}

/// Records that `RUST_LOG`, or its replacement, is no valid filter.
#[cfg(feature = "log")]
pub(crate) fn misunderstood(message: &str) {
    Record::new(Level::Warn, "log-filter", message).write();
}

/// Records the error of a handler or service: the client gets 500.
pub(crate) fn error(call: &Call, message: &str) {
    count(call, |counters| &counters.errors);
    report(call, FaultKind::Error, message, None);
    alarm_record::faulty(call);
}

/// Records a connection that ended with an error which is not that of one request.
pub(crate) fn connection(connection: &ConnectionContext, message: &str) {
    let record = Record::new(Level::Warn, "connection-error", message);
    Record { connection: Some(connection), ..record }.write_limited("connection");
}

/// Records that the listener failed to accept; the accept loop continues.
pub(crate) fn accept(message: &str) {
    Record::new(Level::Error, "accept-error", message).write_limited("accept loop");
}

/// Records that the server accepts no more connections.
pub(crate) fn stopping(why: &str, connections: usize) {
    let message = format!("the server stops, because {why}; {connections} connections are open");
    Record::new(Level::Warn, "stopping", &message).write();
}

/// Records that the server stopped before all requests had ended.
pub(crate) fn unfinished(connections: usize, timeout: Duration) {
    let message = format!(
        "{connections} connections did not finish within {timeout:?} after the server stopped, and are cut off"
    );
    Record::new(Level::Error, "unfinished", &message).write();
}

fn count(call: &Call, counter: fn(&Counters) -> &AtomicU64) {
    counter(&call.route().counters).fetch_add(1, Ordering::Relaxed);
}

/// Writes a fault without a place in the source: its place is the route.
fn report(call: &Call, kind: FaultKind, message: &str, stack: Option<&StackRequest>) {
    notify(call, kind, message, Event { stack, ..Event::default() });
    let level = if kind == FaultKind::StalledBody { Level::Warn } else { Level::Error };
    of(call, Record::new(level, kind.as_str(), message)).write_limited(&call.route().label());
}

fn of<'a>(call: &'a Call, record: Record<'a>) -> Record<'a> {
    let handler = call.handler().map(HandlerMeta::path);
    Record { call: Some(call), handler, ..record }
}
