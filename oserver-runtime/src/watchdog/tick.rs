//! How long the watchdog sleeps, and what it may conclude when it wakes.

use std::time::{Duration, Instant};

/// How often it looks. A worker that waited for the network and then takes a task holds the runtime's event queue
/// back: no other task is served for this long, so the time is short.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(2);
/// A watchdog that slept longer than it wanted cannot know the reason: see [`Sleep`].
const OVERSLEPT: Duration = Duration::from_millis(100);
/// How often it looks for expired calls of actors, at least: a call that came since then waits no longer than this
/// beyond its time.
const EXPIRE_EVERY: Duration = Duration::from_millis(32);

/// Decides whether the watchdog may act after a long sleep. Overdue polls may be due to the same long sleep, of a
/// process that was stopped, or of its machine; then it abandons nothing. But if every sleep is too long, the process
/// gets too little CPU time, and clients must be answered in any case.
#[derive(Debug, Default)]
pub(crate) struct Sleep {
    was_too_long: bool,
}

impl Sleep {
    /// Returns `true` if a poll may be overdue after a sleep of this length.
    pub(crate) fn may_act(&mut self, length: Duration) -> bool {
        let is_too_long = length > OVERSLEPT;
        let was_too_long = std::mem::replace(&mut self.was_too_long, is_too_long);
        !is_too_long || was_too_long
    }
}

/// The time at which calls of actors expire next.
#[derive(Debug)]
pub(crate) struct Expiry(Instant);

impl Expiry {
    pub(crate) fn new(now: Instant) -> Self {
        Self(now)
    }

    /// Calls `expire` if it is time; `expire` returns when the next call expires.
    pub(crate) fn monitor(&mut self, now: Instant, expire: impl FnOnce() -> Option<Instant>) {
        if now >= self.0 {
            let latest = now + EXPIRE_EVERY;
            self.0 = expire().map_or(latest, |next| next.min(latest));
        }
    }

    /// Returns how long the watchdog may sleep while callers wait.
    pub(crate) fn sleep(&self, now: Instant) -> Duration {
        self.0.saturating_duration_since(now).max(LOOK_EVERY)
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn after_one_long_sleep_nothing_is_abandoned_and_where_each_is_long_everything() {
        let mut sleep = Sleep::default();
        let (short, long) = (LOOK_EVERY, 2 * OVERSLEPT);
        let acts = [short, long, short, long, long, long, short];
        let acts = acts.map(|length| sleep.may_act(length));
        assert_eq!(acts, [true, false, true, false, true, true, true]);
    }

    #[test]
    fn it_sleeps_no_longer_than_until_somebodys_time_is_over() {
        let begin = Instant::now();
        let at = |milliseconds| begin + Duration::from_millis(milliseconds);
        let mut expiry = Expiry(begin);
        expiry.monitor(at(0), || Some(at(20)));
        assert_eq!(expiry.sleep(at(0)), Duration::from_millis(20));
        // A task that came since may have less time.
        expiry.monitor(at(20), || Some(at(5000)));
        assert_eq!(expiry.sleep(at(20)), EXPIRE_EVERY);
        expiry.monitor(at(30), || unreachable!("nobody's time is over"));
        expiry.monitor(at(60), || None);
        assert_eq!(expiry.sleep(at(60)), EXPIRE_EVERY);
        assert_eq!(expiry.sleep(at(200)), LOOK_EVERY, "it is late already");
    }
}
