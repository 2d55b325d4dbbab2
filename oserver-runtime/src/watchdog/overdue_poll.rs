//! A poll past its deadline, and the priority of a thread that burns CPU time in it.

use std::time::{Duration, Instant};

use crate::watchdog::deadline::Violation;
use crate::watchdog::priority;
use crate::watchdog::slot::Slot;

/// A thread burns if it runs for at least this part of the time: more than one that waits and looks, and
/// less than what is left to each when many burn.
const BURNS_FROM: u32 = 20;
/// And for at least so long: CPU time is counted in hundredths of a second.
const BURNS_FOR: Duration = Duration::from_millis(20);
/// For how long CPU time is added up, until it begins anew.
const BURN_WINDOW: Duration = Duration::from_secs(1);
/// Of one that has slept all the time since it was overdue, CPU time is asked for so much more rarely: with a
/// hundred of them the asking alone would take a twentieth of a core.
const REST: Duration = BURN_WINDOW;

/// A poll past its deadline.
pub(super) struct OverduePoll {
    pub(super) violation: Violation,
    /// What the thread had run when its time was taken, and when that was.
    pub(super) cpu_time: Option<(Duration, Instant)>,
    pub(super) lowered: bool,
    /// When it was overdue.
    pub(super) since: Instant,
    /// When its CPU time is to be asked for.
    pub(super) next_measurement: Instant,
    /// Looks since it was overdue.
    pub(super) looks: u32,
}

impl OverduePoll {
    pub(super) fn lower_if_it_burns(&mut self, slot: &Slot, number: u64, now: Instant) {
        if self.lowered || now < self.next_measurement {
            return;
        }
        if now - self.since >= BURN_WINDOW {
            self.next_measurement = now + REST;
        }
        let Some(time) = priority::cpu_time(slot.thread) else { return };
        let (before, then) = *self.cpu_time.get_or_insert((time, now));
        let (ran, window) = (time.saturating_sub(before), now - then);
        if window > BURN_WINDOW {
            self.cpu_time = Some((time, now));
        }
        if ran >= BURNS_FOR && ran * BURNS_FROM >= window {
            slot.lower(number);
            self.lowered = true;
        }
    }
}
