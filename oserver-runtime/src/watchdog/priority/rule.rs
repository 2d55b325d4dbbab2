//! CPU time of one poll. It counts for the poll's route, and a thread that computes for long loses its priority.
//!
//! Other requests must keep most of their rate beside polls that compute, before and after a deadline. A poll at low
//! priority has no other disadvantage: if a core is free, it is as fast as before.

use std::time::{Duration, Instant};

use oserver_tracer::Sample;

use crate::watchdog::priority::Priority;
use crate::watchdog::slot::{Role, Slot};

/// The look at which the kernel is asked for the first time. Before that a poll counts for as long as it is seen: most
/// polls are over by then, and asking costs three system calls.
const SAMPLED_FROM: u32 = 3;
/// A watchdog that slept for longer was stopped, and so were all others.
const LONGEST_SLEEP: Duration = Duration::from_millis(128);
/// How long CPU time is added up before the sum restarts. A poll that sleeps and looks from time to time uses less
/// than the allowance in this window; one of a hundred polls that compute on a core uses more.
const WINDOW: Duration = Duration::from_secs(1);

/// Returns how much CPU time a poll may use at normal priority. tokio advises 100 µs between two awaits at most. A
/// worker that loses its priority must be replaced in the runtime, which takes a millisecond of its core; an overflow
/// thread just ends.
fn allowance(role: Role) -> Duration {
    Duration::from_millis(if role == Role::Worker { 20 } else { 10 })
}

/// Returns how long until the kernel is asked again about a poll of this age. With a hundred threads that sleep in
/// their polls, asking at each look would take a twentieth of a core.
fn rest(age: Duration) -> Duration {
    match age.as_millis() {
        0..200 => Duration::from_millis(8),
        200..1000 => Duration::from_millis(32),
        _ => WINDOW,
    }
}

#[derive(Debug)]
pub(in crate::watchdog) struct PollCpu {
    /// The time of the last look, and the CPU time of the thread then.
    seen: Instant,
    last: Option<Sample>,
    /// The CPU time of the thread when the poll was young.
    pub(in crate::watchdog) first: Option<Sample>,
    /// The start of the window.
    window: Option<Sample>,
    next: Instant,
    priority: Priority,
}

impl PollCpu {
    /// Creates the entry for a poll that is seen for the first time, after the watchdog has `slept`. The poll stands
    /// for all polls that ended meanwhile.
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

    /// Returns the CPU time of the poll since the last measurement, at the `looks`th look at it. `None` until it is
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

    /// Lowers the priority of the thread if the poll has used more CPU time than it may; to the least if the poll
    /// `is_overdue`. Returns `true` if the thread had not lost its priority before.
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
