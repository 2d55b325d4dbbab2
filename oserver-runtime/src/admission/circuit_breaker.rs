//! The polls of one route: how many run on workers, how many are stuck, and where the next poll runs.

use crate::clock;
use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// How long a route that blocked a thread stays away from the workers.
const QUARANTINED_FOR: u64 = 30_000_000_000;
/// A route is reliable after this many polls in time.
const RELIABLE: u32 = 16;
/// The first probe of an open breaker; each that fails doubles the time to the next.
const FIRST_PROBE_AFTER: u64 = 1_000_000_000;
const LAST_PROBE_AFTER: u64 = 60_000_000_000;

/// The circuit breaker of one route. All times are of [`clock`]; zero is "not at all".
///
/// Invariant: `polling` is the number of granted [`CircuitBreaker::try_share`] that are not yet returned. It never
/// exceeds the limit of these calls.
#[derive(Debug, Default)]
pub(crate) struct CircuitBreaker {
    /// Polls on workers at this moment.
    polling: AtomicU32,
    /// Polls on overflow threads at this moment.
    on_threads: AtomicU32,
    /// The time until which polls stay away from the workers.
    quarantined_until: AtomicU64,
    /// Polls on workers that have ended since the last poll that held its thread, up to [`RELIABLE`].
    in_time: AtomicU32,
    /// Polls past their deadline that have not come back.
    stuck: AtomicU32,
    /// Stuck polls that no longer count against the route, because a later probe succeeded.
    discounted: AtomicU32,
    /// The breaker is open, and lets a probe through at this time.
    probe_at: AtomicU64,
    /// How long the next probe waits if that one fails; set when the breaker opens.
    probe_after: AtomicU64,
}

/// The state of the breaker, as one request finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BreakerState {
    Closed,
    /// Open, and this request finds out whether the breaker may close.
    Probe,
    Open,
}

impl CircuitBreaker {
    /// Takes one of the route's places on workers, if fewer than `limit` are taken.
    pub(crate) fn try_share(&self, limit: u32) -> bool {
        if self.polling.fetch_add(1, Ordering::AcqRel) < limit {
            return true;
        }
        self.polling.fetch_sub(1, Ordering::AcqRel);
        false
    }

    /// Returns a place that [`CircuitBreaker::try_share`] gave.
    pub(crate) fn return_share(&self) {
        self.polling.fetch_sub(1, Ordering::AcqRel);
    }

    /// Takes one of the route's overflow threads, if fewer than `limit` are taken.
    pub(crate) fn try_thread(&self, limit: u32) -> bool {
        if self.on_threads.fetch_add(1, Ordering::AcqRel) < limit {
            return true;
        }
        self.return_thread();
        false
    }

    /// Returns a thread that [`CircuitBreaker::try_thread`] gave.
    pub(crate) fn return_thread(&self) {
        self.on_threads.fetch_sub(1, Ordering::AcqRel);
    }

    /// Returns `true` if the route blocked a thread in the last 30 s.
    pub(crate) fn is_quarantined(&self) -> bool {
        let until = self.quarantined_until.load(Ordering::Relaxed);
        if until == 0 {
            return false;
        }
        if clock::now() < until {
            return true;
        }
        // Avoids further reads of the clock. The reset is lost only if the route blocks at this moment, and then the
        // watchdog quarantines the route at its next look.
        _ = self.quarantined_until.compare_exchange(until, 0, Ordering::Relaxed, Ordering::Relaxed);
        false
    }

    /// Counts a poll on a worker that has ended.
    pub(crate) fn poll_ended(&self) {
        // A reliable route writes nothing to shared memory.
        if !self.is_reliable() {
            self.in_time.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns `true` if 16 polls of the route have ended since the last poll that held its thread.
    pub(crate) fn is_reliable(&self) -> bool {
        self.in_time.load(Ordering::Relaxed) >= RELIABLE
    }

    /// Keeps the route away from the workers, because a poll is past its deadline.
    pub(crate) fn quarantine(&self) {
        self.in_time.store(0, Ordering::Relaxed);
        self.quarantined_until.store(clock::now() + QUARANTINED_FOR, Ordering::Relaxed);
    }

    /// Counts a poll past its deadline. At `limit` of them the breaker opens.
    pub(crate) fn add_stuck(&self, limit: u32) {
        let stuck = self.stuck.fetch_add(1, Ordering::AcqRel) + 1;
        if stuck.saturating_sub(self.discounted.load(Ordering::Acquire)) >= limit
            && self.probe_at.load(Ordering::Acquire) == 0
        {
            self.probe_after.store(FIRST_PROBE_AFTER, Ordering::Relaxed);
            self.probe_at.store(clock::now() + FIRST_PROBE_AFTER, Ordering::Release);
        }
    }

    /// Counts a stuck poll that has returned. Below `limit` the breaker closes.
    pub(crate) fn remove_stuck(&self, limit: u32) {
        let stuck = self.stuck.fetch_sub(1, Ordering::AcqRel) - 1;
        self.discounted.fetch_min(stuck, Ordering::AcqRel);
        if stuck.saturating_sub(self.discounted.load(Ordering::Acquire)) < limit {
            self.probe_at.store(0, Ordering::Release);
        }
    }

    /// Returns how many polls are past their deadline and have not come back.
    pub(crate) fn stuck(&self) -> u32 {
        self.stuck.load(Ordering::Relaxed)
    }

    pub(crate) fn is_breaker_open(&self) -> bool {
        self.probe_at.load(Ordering::Relaxed) > 0
    }

    /// Asks the breaker whether a request may go on.
    pub(crate) fn check(&self) -> BreakerState {
        let at = self.probe_at.load(Ordering::Acquire);
        if at == 0 {
            return BreakerState::Closed;
        }
        let now = clock::now();
        if now < at {
            return BreakerState::Open;
        }
        let after = (self.probe_after.load(Ordering::Relaxed) * 2).min(LAST_PROBE_AFTER);
        match self.probe_at.compare_exchange(at, now + after, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                self.probe_after.store(after, Ordering::Relaxed);
                BreakerState::Probe
            }
            Err(_) => BreakerState::Open,
        }
    }

    /// Closes the breaker, because a probe was answered in time. Polls that are stuck now no longer count against the
    /// route.
    pub(crate) fn probe_was_good(&self) {
        self.discounted.store(self.stuck.load(Ordering::Acquire), Ordering::Release);
        self.probe_at.store(0, Ordering::Release);
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_exceeded_and_comes_back() {
        let breaker = CircuitBreaker::default();
        assert!(breaker.try_share(2) && breaker.try_share(2));
        assert!(!breaker.try_share(2));
        breaker.return_share();
        assert!(breaker.try_share(2));
    }

    #[test]
    fn the_breaker_opens_at_its_limit_lets_no_one_through_and_closes_when_threads_come_back() {
        let breaker = CircuitBreaker::default();
        breaker.add_stuck(2);
        assert_eq!(breaker.check(), BreakerState::Closed);
        breaker.add_stuck(2);
        assert_eq!(breaker.check(), BreakerState::Open);
        breaker.remove_stuck(2);
        assert_eq!(breaker.check(), BreakerState::Closed);
    }

    #[test]
    fn a_probe_is_let_through_when_it_is_time_and_closes_the_breaker_when_it_is_good() {
        let breaker = CircuitBreaker::default();
        breaker.add_stuck(1);
        assert_eq!(breaker.check(), BreakerState::Open);
        // Its time has come.
        breaker.probe_at.store(1, Ordering::Relaxed);
        assert_eq!(breaker.check(), BreakerState::Probe);
        assert_eq!(breaker.check(), BreakerState::Open);
        breaker.probe_was_good();
        assert_eq!(breaker.check(), BreakerState::Closed);
        // The next one that gets stuck opens it again.
        breaker.add_stuck(1);
        assert_eq!(breaker.check(), BreakerState::Open);
    }

    #[test]
    fn a_quarantine_ends() {
        let breaker = CircuitBreaker::default();
        assert!(!breaker.is_quarantined());
        breaker.quarantine();
        assert!(breaker.is_quarantined());
        breaker.quarantined_until.store(1, Ordering::Relaxed);
        assert!(!breaker.is_quarantined());
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use super::*;
    use loom::sync::Arc;

    #[test]
    fn no_more_polls_than_the_share_at_once_and_none_is_lost() {
        loom::model(|| {
            let breaker = Arc::new(CircuitBreaker::default());
            let inside = Arc::new(AtomicU32::new(0));
            let poll = |breaker: &CircuitBreaker, inside: &AtomicU32| {
                if breaker.try_share(1) {
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                    inside.fetch_sub(1, Ordering::SeqCst);
                    breaker.return_share();
                }
            };
            let other = {
                let (breaker, inside) = (Arc::clone(&breaker), Arc::clone(&inside));
                loom::thread::spawn(move || poll(&breaker, &inside))
            };
            poll(&breaker, &inside);
            other.join().unwrap();
            assert!(breaker.try_share(1), "a place was lost");
        });
    }
}
