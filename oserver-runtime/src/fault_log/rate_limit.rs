//! How many full records one source location may write.
//!
//! Otherwise many equal faults would spend the server's time on its log. Each location writes [`FULL_A_SECOND`]
//! records a second in full; the rest are counted, and the recorder writes that count once a second.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::fault_log::record::Level;

/// Full records of one place in one second.
const FULL_A_SECOND: u64 = 20;
/// Seconds between two backtraces of one place.
const BACKTRACE_EVERY: u64 = 60;
/// Stacks of one place that are captured a second. The places of the awaits are not known before that.
const STACKS: u64 = 16;
const STACKS_EVERY: u64 = 10;
/// Places with their own count; further places share the last one.
const PLACES: usize = 512;

/// The table of all places, for the whole process: a place in the source knows no server.
#[derive(Debug)]
pub(crate) struct Limits {
    slots: Box<[Slot]>,
    started: Instant,
}

/// One place. A slot belongs for ever to the first place that came to it.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    place: OnceLock<Place>,
    /// The second in the upper half, the records of that second in the lower: one word, so that
    /// both change together.
    window: AtomicU64,
    suppressed: AtomicU64,
    /// As `window`, for stacks.
    stacks: AtomicU64,
    /// The second from which on a backtrace is wanted.
    backtrace_from: AtomicU64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) level: Level,
    pub(crate) fault: &'static str,
    pub(crate) location: String,
}

/// Decides whether a fault is written in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    Full,
    Counted,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self { slots: (0..=PLACES).map(|_| Slot::default()).collect(), started: Instant::now() }
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// Returns the slot of a place: found by probing, never moved, never freed.
    pub(crate) fn slot(&self, level: Level, fault: &'static str, location: &str) -> &Slot {
        let mut hasher = DefaultHasher::new();
        (fault, location).hash(&mut hasher);
        let start = hasher.finish() as usize;
        for step in 0..PLACES {
            let slot = &self.slots[start.wrapping_add(step) % PLACES];
            let place =
                slot.place.get_or_init(|| Place { level, fault, location: location.to_owned() });
            if place.fault == fault && place.location == location {
                return slot;
            }
        }
        let shared = &self.slots[PLACES];
        shared.place.get_or_init(|| Place {
            level: Level::Error,
            fault: "various",
            location: "various".to_owned(),
        });
        shared
    }

    /// Takes the count of faults that were not written since the last call, for each place with such a count.
    pub(crate) fn take_suppressed(&self) -> impl Iterator<Item = (&Slot, &Place, u64)> {
        self.slots.iter().filter_map(|slot| {
            let place = slot.place.get()?;
            match slot.suppressed.swap(0, Ordering::Relaxed) {
                0 => None,
                count => Some((slot, place, count)),
            }
        })
    }
}

impl Slot {
    /// Counts faults that were not written.
    pub(crate) fn suppress(&self, count: u64) {
        self.suppressed.fetch_add(count, Ordering::Relaxed);
    }

    /// Counts one fault in second `now`. Each fault is either written or counted, never both or
    /// neither: the verdict comes out of one handoff of the window.
    pub(crate) fn admit(&self, now: u64) -> Detail {
        if count_in(&self.window, now) <= FULL_A_SECOND {
            Detail::Full
        } else {
            self.suppress(1);
            Detail::Counted
        }
    }

    /// Returns `true` if a stack should be captured in second `now`.
    pub(crate) fn wants_stack(&self, now: u64) -> bool {
        count_in(&self.stacks, now / STACKS_EVERY) <= STACKS
    }

    /// Returns `true` if the fault in second `now` is the one of its minute whose frames are kept.
    pub(crate) fn wants_backtrace(&self, now: u64) -> bool {
        let from = self.backtrace_from.load(Ordering::Relaxed);
        now >= from
            && self
                .backtrace_from
                .compare_exchange(from, now + BACKTRACE_EVERY, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// Counts one more in second `now`, and returns the count of that second.
fn count_in(window: &AtomicU64, now: u64) -> u64 {
    let next = |window: u64| {
        let (second, count) = (window >> 32, window & 0xffff_ffff);
        // A thread that was overtaken must not open an older second again.
        if second < now { (now << 32) | 1 } else { (second << 32) | (count + 1).min(0xffff_ffff) }
    };
    let before = window
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |window| Some(next(window)))
        .expect("the closure always gives a value");
    next(before) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_a_second_are_full_and_the_rest_is_counted_exactly() {
        let limits = Limits::new();
        let slot = limits.slot(Level::Error, "panic", "a.rs:1:1");
        let full = |second| (0..100).filter(|_| slot.admit(second) == Detail::Full).count();
        assert_eq!((full(7), full(8)), (20, 20));
        let rest: Vec<_> =
            limits.take_suppressed().map(|(_, place, count)| (&*place.location, count)).collect();
        assert_eq!(rest, [("a.rs:1:1", 160)]);
        assert_eq!(limits.take_suppressed().count(), 0);
    }

    #[test]
    fn a_late_thread_does_not_open_a_past_second() {
        let limits = Limits::new();
        let slot = limits.slot(Level::Error, "panic", "a.rs:1:1");
        for _ in 0..FULL_A_SECOND {
            assert_eq!(slot.admit(9), Detail::Full);
        }
        assert_eq!(slot.admit(8), Detail::Counted);
        assert_eq!(slot.admit(9), Detail::Counted);
    }

    #[test]
    fn nothing_is_lost_between_threads() {
        let limits = Limits::new();
        let full: usize = std::thread::scope(|scope| {
            let count = || {
                let slot = limits.slot(Level::Error, "panic", "b.rs:2:2");
                (0..10_000).filter(|_| slot.admit(1) == Detail::Full).count()
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        let rest: u64 = limits.take_suppressed().map(|(_, _, count)| count).sum();
        assert_eq!((full, rest), (20, 39_980));
    }

    #[test]
    fn places_do_not_share_a_limit_until_the_table_is_full() {
        let limits = Limits::new();
        for place in 0..PLACES {
            assert_eq!(
                limits.slot(Level::Error, "panic", &place.to_string()).admit(1),
                Detail::Full
            );
        }
        for place in 0..100 {
            limits.slot(Level::Error, "timeout", &place.to_string()).admit(1);
        }
        let rest: Vec<_> = limits.take_suppressed().collect();
        assert_eq!(rest.len(), 1);
        assert_eq!((rest[0].1.fault, rest[0].2), ("various", 80));
    }

    #[test]
    fn one_backtrace_a_minute() {
        let limits = Limits::new();
        let slot = limits.slot(Level::Error, "panic", "c.rs:3:3");
        let wanted: Vec<_> = (0..=120).filter(|second| slot.wants_backtrace(*second)).collect();
        assert_eq!(wanted, [0, 60, 120]);
    }
}
