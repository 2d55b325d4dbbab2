//! The faults of actors, each counted and written like those of requests.

use std::sync::atomic::Ordering;

use crate::fault_log::background;
use crate::fault_log::fault::PanicReport;
use crate::fault_log::rate_limit::Detail;
use crate::fault_log::record::{Level, Record};
use crate::fault_log::stack_record::StackRequest;
use crate::health::actors::ActorEntry;

/// Records a panic in an actor: in the named command, in the factory, or in a drop.
pub(crate) fn panicked(actor: &ActorEntry, command: Option<&str>, report: PanicReport) {
    actor.panics.fetch_add(1, Ordering::Relaxed);
    report.write("actor-panic", of(actor, command, Record::default()));
}

/// Records a command that exceeded its timeout and is dropped. The poller may be asked for its stack before the drop.
pub(crate) fn overran(actor: &ActorEntry, command: Option<&str>) -> Option<StackRequest> {
    actor.overruns.fetch_add(1, Ordering::Relaxed);
    write(actor, command, "actor-timeout", "the command did not finish by its deadline");
    let can_capture = !background::symbols().are_loading();
    can_capture.then(|| StackRequest::of_actor("actor-timeout-stack", actor, command)).flatten()
}

/// Records an error of the factory.
pub(crate) fn not_started(actor: &ActorEntry, why: &str) {
    actor.failed_starts.fetch_add(1, Ordering::Relaxed);
    write(actor, None, "actor-not-started", why);
}

/// Records that the actor was restarted more often than its budget allows.
pub(crate) fn over_budget(actor: &ActorEntry, restarts: usize, window: std::time::Duration) {
    let message = format!(
        "the actor was restarted more than {restarts} times in {window:?}: the process is not healthy"
    );
    write(actor, None, "actor-over-budget", &message);
}

/// Records that the server stopped before its actors had ended.
pub(crate) fn unfinished(actors: usize) {
    let message = format!("{actors} actors did not end in the shutdown timeout, and are cut off");
    Record::new(Level::Error, "unfinished", &message).write();
}

/// Records a command that holds its thread past its deadline; `abandoned` threads are past their deadlines now.
/// `activity` finds out what the thread does. Returns the request for its stack, if that can be read.
pub(crate) fn blocked(
    actor: &ActorEntry,
    command: &str,
    message: &str,
    abandoned: usize,
    activity: impl FnOnce() -> Option<String>,
) -> Option<StackRequest> {
    let command = Some(command);
    actor.overruns.fetch_add(1, Ordering::Relaxed);
    if background::admit(Level::Error, "actor-blocked", &actor.name) == Detail::Counted {
        return None;
    }
    let activity = activity();
    let record = Record::new(Level::Error, "actor-blocked", message);
    let activity = activity.as_deref();
    Record { abandoned: Some(abandoned), activity, ..of(actor, command, record) }.write();
    let can_trace = cfg!(feature = "stacks");
    can_trace.then(|| StackRequest::of_actor("actor-blocked-stack", actor, command)).flatten()
}

fn write(actor: &ActorEntry, command: Option<&str>, fault: &'static str, message: &str) {
    of(actor, command, Record::new(Level::Error, fault, message)).write_limited(&actor.name);
}

fn of<'a>(actor: &'a ActorEntry, command: Option<&'a str>, record: Record<'a>) -> Record<'a> {
    Record { actor: Some(&actor.name), command, ..record }
}
