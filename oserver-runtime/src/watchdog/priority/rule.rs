//! CPU time of one poll. It counts for the poll's route, and a thread that computes for long loses its priority.
//!
//! All others are to keep most of their rate beside polls that compute, before and after a deadline. A poll that
//! goes on at low priority is not punished otherwise: where the cores are not all taken it is as fast as before.

use std::time::{Duration, Instant};

use oserver_tracer::Sample;

use crate::watchdog::priority::Priority;
use crate::watchdog::slot::{Role, Slot};

/// The look from which on the kernel is asked. Before that the poll counts for as long as it is seen: most
/// polls are over by then, and to ask costs three system calls.
const SAMPLED_FROM: u32 = 3;
/// A watchdog that slept for longer was stopped, and so were all others.
const LONGEST_SLEEP: Duration = Duration::from_millis(128);
/// For how long CPU time is added up, until it begins anew. One that sleeps and looks now and then uses less in it
/// than is allowed; one of a hundred that compute on a core, more.
const WINDOW: Duration = Duration::from_secs(1);

/// Returns how much CPU time a poll may use at the priority of all others. tokio advises 100 µs between two awaits at most.
/// A worker that loses its priority has to be replaced in the runtime, which takes a millisecond of its core; an
/// overflow thread just ends.
fn allowance(role: Role) -> Duration {
    Duration::from_millis(if role == Role::Worker { 20 } else { 10 })
}

/// Returns how long until the kernel is asked again about a poll of this age. With a hundred threads that sleep in their polls,
/// asking at each look would take a twentieth of a core.
fn rest(age: Duration) -> Duration {
    match age.as_millis() {
        0..200 => Duration::from_millis(8),
        200..1000 => Duration::from_millis(32),
        _ => WINDOW,
    }
}

#[derive(Debug)]
pub(in crate::watchdog) struct PollCpu {
    /// When it was seen last, and what the thread had computed.
    seen: Instant,
    last: Option<Sample>,
    /// The CPU time of the thread when the poll was young.
    pub(in crate::watchdog) first: Option<Sample>,
    /// Where the window begins.
    window: Option<Sample>,
    next: Instant,
    priority: Priority,
}

impl PollCpu {
    /// For a poll that is seen for the first time, after the watchdog has `slept` for so long. It stands for all that
    /// came and went meanwhile.
    pub(in crate::watchdog) fn new(slept: Duration, now: Instant) -> Self {
        let (last, first, window) = Default::default();
        Self {
            seen: now.checked_sub(slept.min(LONGEST_SLEEP)).unwrap_or(now),
            last,
            first,
            window,
            next: now,
            priority: Priority::Normal,
        }
    }

    /// Returns what the poll has computed since it was measured last, at the `looks`th look at it. `None` until it is
    /// time to measure again.
    pub(in crate::watchdog) fn measure(
        &mut self,
        slot: &Slot,
        looks: u32,
        first_seen: Instant,
        now: Instant,
    ) -> Option<Duration> {
        if looks > SAMPLED_FROM && now < self.next {
            return None;
        }
        self.next = now + rest(now - first_seen);
        let sample = match looks {
            ..SAMPLED_FROM => None,
            _ => slot.thread.kernel().and_then(Sample::take),
        };
        let seen = now - std::mem::replace(&mut self.seen, now);
        let before = std::mem::replace(&mut self.last, sample);
        if let (None, Some(sample)) = (self.first, sample) {
            (self.first, self.window) = (Some(sample), Some(sample));
        }
        Some(match sample.zip(before) {
            Some((sample, before)) => sample.used_since(before),
            None if looks <= SAMPLED_FROM => seen,
            None => Duration::ZERO,
        })
    }

    /// Takes the thread's priority away if the poll has computed more than it may, and the least that there is if
    /// it `is_overdue`. Returns `true` if the thread had not lost it before.
    pub(in crate::watchdog) fn lower(
        &mut self,
        slot: &Slot,
        number: u64,
        is_overdue: bool,
    ) -> bool {
        let wanted = if is_overdue { Priority::Least } else { Priority::Low };
        let Some((last, window)) = self.last.zip(self.window) else { return false };
        let (used, time) = (last.used_since(window), last.time_since(window));
        if time > WINDOW {
            self.window = Some(last);
        }
        if used < allowance(slot.role) || self.priority >= wanted {
            return false;
        }
        slot.lower(number, wanted);
        std::mem::replace(&mut self.priority, wanted) == Priority::Normal
    }
}
