//! The state of std's symbols of the executable.
//!
//! At the first request for symbols, std reads tables of the whole executable. That takes up to a second, under a lock
//! that capturing a stack takes, too. Later requests take less than a millisecond. So the symbols are loaded early,
//! once in the life of a process: 2 s before the deadline of a request, or after a quarter of its time if that is
//! later. A request whose deadline comes meanwhile times out a little late.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use crate::clock::lived::lived;

/// How long before a deadline symbols are read, at most.
const AHEAD: Duration = Duration::from_secs(2);
/// How late a request may time out because symbols load.
const LATE: Duration = Duration::from_millis(500);
/// How often a late request checks whether they are loaded.
const LOOK_EVERY: Duration = Duration::from_millis(10);

const MISSING: u8 = 0;
const LOADING: u8 = 1;
const LOADED: u8 = 2;

/// The state of std's symbols. It only moves forward.
#[derive(Debug, Default)]
pub(crate) struct Symbols(AtomicU8);

impl Symbols {
    pub(crate) fn are_missing(&self) -> bool {
        self.0.load(Ordering::Relaxed) == MISSING
    }

    pub(crate) fn are_loading(&self) -> bool {
        self.0.load(Ordering::Relaxed) == LOADING
    }

    /// Notes that the symbols begin to load. Returns `true` if no other thread has done so.
    pub(crate) fn begin(&self) -> bool {
        self.0.compare_exchange(MISSING, LOADING, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    pub(crate) fn set_loaded(&self) {
        self.0.store(LOADED, Ordering::Relaxed);
    }

    /// Returns when to load the symbols for a request that began at `began`; its deadline if they need not be loaded.
    pub(crate) fn load_at(&self, began: Instant, deadline: Instant) -> Instant {
        // Always the same, so that a timer need not be set anew.
        let ahead = (deadline.saturating_duration_since(began) / 4 * 3).min(AHEAD);
        if self.are_missing() { deadline - ahead } else { deadline }
    }

    /// Returns when to look again at a request that began at `began` and has this deadline.
    pub(crate) fn look_at(&self, began: Instant, deadline: Instant) -> Instant {
        if !self.are_loading() {
            return self.load_at(began, deadline);
        }
        let now = lived();
        if now < deadline { deadline } else { (now + LOOK_EVERY).min(deadline + LATE) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_read_before_a_deadline_and_waited_for_a_little() {
        let (symbols, began) = (Symbols::default(), Instant::now());
        let second = Duration::from_secs(1);
        let deadline = began + second;
        assert_eq!(symbols.look_at(began, deadline), began + second / 4);
        assert_eq!(symbols.look_at(began, began + 60 * second), began + 58 * second);
        assert!(symbols.begin() && !symbols.begin());
        assert_eq!(symbols.look_at(began, began + 60 * second), began + 60 * second);
        let long_ago = began.checked_sub(second).expect("the machine runs for a second");
        assert_eq!(symbols.look_at(long_ago, long_ago), long_ago + LATE, "and no longer");
        let late = symbols.look_at(began, began);
        assert!(late > began && late <= began + LATE);
        symbols.set_loaded();
        assert_eq!(symbols.look_at(began, deadline), deadline);
    }
}
