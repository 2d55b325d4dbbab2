//! The faults of state owners, each counted and written as those of requests are.

use std::sync::atomic::Ordering;

use super::fault::PanicReport;
use super::fields::{Level, Record};
use super::limit::Verdict;
use super::recorder;
use crate::health::owners::OwnerEntry;

/// A panic in an owner: in the command that is named, in the factory, or in a drop.
pub(crate) fn panicked(owner: &OwnerEntry, command: Option<&str>, report: PanicReport) {
    let PanicReport { message, location, frames } = report;
    owner.panics.fetch_add(1, Ordering::Relaxed);
    if recorder::admit(Level::Error, "owner-panic", &location) == Verdict::Full {
        let record = Record::new(Level::Error, "owner-panic", &message);
        Record { location: Some(&location), ..of(owner, command, record) }.write();
    }
    if let Some(frames) = frames {
        recorder::write_backtrace(None, &message, &location, frames);
    }
}

/// A command took longer than it may: it was dropped.
pub(crate) fn overran(owner: &OwnerEntry, command: Option<&str>) {
    owner.overruns.fetch_add(1, Ordering::Relaxed);
    write(owner, command, "owner-timeout", "the command was not done by its deadline");
}

/// A command holds its thread past its deadline, as one of `abandoned` at this moment.
pub(crate) fn blocked(owner: &OwnerEntry, command: Option<&str>, abandoned: usize) {
    let message = "the owner holds its thread past the deadline, and is replaced";
    write_blocked(owner, command, abandoned, message);
}

/// A drop of what is left of it holds its thread for too long, as one of `abandoned` at this moment.
pub(crate) fn blocked_drop(owner: &OwnerEntry, abandoned: usize) {
    let message = "the drop of what is left of the owner holds its thread past the deadline";
    write_blocked(owner, Some("drop"), abandoned, message);
}

/// The factory returned an error.
pub(crate) fn not_started(owner: &OwnerEntry, why: &str) {
    owner.failed_starts.fetch_add(1, Ordering::Relaxed);
    write(owner, None, "owner-not-started", why);
}

/// It was started anew more often than its budget allows.
pub(crate) fn over_budget(owner: &OwnerEntry, restarts: usize, window: std::time::Duration) {
    let message = format!(
        "the owner was restarted more than {restarts} times in {window:?}: the process is not healthy"
    );
    write(owner, None, "owner-over-budget", &message);
}

/// The server stopped before its owners had.
pub(crate) fn unfinished(owners: usize) {
    let message =
        format!("{owners} state owners were not done when the drain ended, and are cut off");
    Record::new(Level::Error, "unfinished", &message).write();
}

fn write_blocked(owner: &OwnerEntry, command: Option<&str>, abandoned: usize, message: &str) {
    owner.overruns.fetch_add(1, Ordering::Relaxed);
    if recorder::admit(Level::Error, "owner-blocked", owner.name()) == Verdict::Full {
        let record = Record::new(Level::Error, "owner-blocked", message);
        Record { abandoned: Some(abandoned), ..of(owner, command, record) }.write();
    }
}

fn write(owner: &OwnerEntry, command: Option<&str>, fault: &'static str, message: &str) {
    if recorder::admit(Level::Error, fault, owner.name()) == Verdict::Full {
        of(owner, command, Record::new(Level::Error, fault, message)).write();
    }
}

fn of<'a>(owner: &'a OwnerEntry, command: Option<&'a str>, record: Record<'a>) -> Record<'a> {
    Record { owner: Some(owner.name()), command, ..record }
}
