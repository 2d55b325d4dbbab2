//! The alarm of one route: raised by faults that come too close, cleared by real successes only.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::nanoseconds;

/// How many faults within how long raise an alarm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AlarmRule {
    pub(crate) faults: u32,
    pub(crate) within: Duration,
}

impl Default for AlarmRule {
    fn default() -> Self {
        Self { faults: 5, within: Duration::from_secs(60) }
    }
}

/// All times are of [`clock`](crate::clock); zero is "not at all".
///
/// Invariant: while the window holds too many faults the alarm is raised, or becomes so with the next
/// fault at the latest.
#[derive(Debug, Default)]
pub(crate) struct Alarm {
    raised_at: AtomicU64,
    /// `true` if an abandoned thread raised the alarm.
    for_thread: AtomicBool,
    faults: AtomicU64,
    /// The times of the last faults, as many as raise the alarm: an exact window without a lock. Made at the first
    /// fault.
    window: OnceLock<Box<[AtomicU64]>>,
}

impl Alarm {
    /// Counts a fault at `now`. Returns `true` if it raised the alarm.
    pub(crate) fn fault(&self, rule: AlarmRule, now: u64) -> bool {
        let window = self.window.get_or_init(|| {
            let faults = rule.faults.max(1) as usize;
            (0..faults).map(|_| AtomicU64::new(0)).collect()
        });
        let number = self.faults.fetch_add(1, Ordering::AcqRel) as usize;
        window[number % window.len()].store(now, Ordering::Release);
        self.is_full(rule, now) && self.raise(now, false)
    }

    /// Counts a thread abandoned at `now`. Returns `true` if it raised the alarm.
    pub(crate) fn thread_abandoned(&self, now: u64) -> bool {
        self.raise(now, true)
    }

    fn raise(&self, now: u64, for_thread: bool) -> bool {
        let raised = self.raised_at.compare_exchange(0, now, Ordering::AcqRel, Ordering::Acquire);
        if raised.is_ok() {
            self.for_thread.store(for_thread, Ordering::Relaxed);
        }
        raised.is_ok()
    }

    /// Returns why the alarm is raised, or was raised last.
    pub(crate) fn reason(&self, rule: AlarmRule) -> String {
        if self.for_thread.load(Ordering::Relaxed) {
            "a handler holds its thread past the deadline".to_owned()
        } else {
            format!("{} faults within {:?}", rule.faults, rule.within)
        }
    }

    /// Counts a successful request at `now`. Returns `true` if it cleared the alarm. It does not while the window
    /// holds too many faults; otherwise a route that fails every second time would clear its alarm every second time.
    pub(crate) fn success(&self, rule: AlarmRule, now: u64) -> bool {
        let raised_at = self.raised_at.load(Ordering::Acquire);
        if raised_at == 0 || self.is_full(rule, now) {
            return false;
        }
        let cleared =
            self.raised_at.compare_exchange(raised_at, 0, Ordering::AcqRel, Ordering::Acquire);
        // A fault in between found the alarm raised, and did not raise it again.
        cleared.is_ok() && !(self.is_full(rule, now) && self.raise(raised_at, false))
    }

    pub(crate) fn raised_at(&self) -> Option<u64> {
        Some(self.raised_at.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    /// Returns `true` if the window holds as many faults as raise the alarm.
    fn is_full(&self, rule: AlarmRule, now: u64) -> bool {
        let Some(window) = self.window.get() else { return false };
        let next = self.faults.load(Ordering::Acquire) as usize;
        let oldest = window[next % window.len()].load(Ordering::Acquire);
        oldest > 0 && now.saturating_sub(oldest) <= nanoseconds(rule.within)
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const RULE: AlarmRule = AlarmRule { faults: 3, within: Duration::from_secs(10) };

    fn faults(alarm: &Alarm, seconds: &[u64]) -> Vec<bool> {
        seconds.iter().map(|second| alarm.fault(RULE, second * SECOND)).collect()
    }

    #[test]
    fn faults_raise_it_only_when_they_come_close() {
        assert_eq!(faults(&Alarm::default(), &[1, 5, 11]), [false, false, true]);
        // A window that slides: no fixed one would hold the last three.
        assert_eq!(
            faults(&Alarm::default(), &[1, 6, 12, 17, 21]),
            [false, false, false, false, true]
        );
        assert_eq!(faults(&Alarm::default(), &[1, 2, 3, 4, 5]), [false, false, true, false, false]);
    }

    #[test]
    fn only_a_success_clears_it_and_not_while_the_window_is_full() {
        let alarm = Alarm::default();
        assert!(!alarm.success(RULE, SECOND));
        faults(&alarm, &[1, 2, 3]);
        assert!(!alarm.success(RULE, 4 * SECOND), "three in the last ten seconds");
        assert!(alarm.raised_at().is_some());
        assert_eq!(faults(&alarm, &[60]), [false], "time alone does not clear it");
        assert!(alarm.success(RULE, 61 * SECOND));
        assert!(alarm.raised_at().is_none());
        assert_eq!(faults(&alarm, &[62, 63]), [false, true]);
    }

    #[test]
    fn one_thread_raises_it() {
        let alarm = Alarm::default();
        let raised: usize = std::thread::scope(|scope| {
            let fault = || (0..1000).filter(|_| alarm.fault(RULE, SECOND)).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(fault)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(raised, 1);
    }
}
