//! One clock for what is written to atomics: nanoseconds since the process first asked.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Now; never zero, which stands for "not at all" wherever a time is kept.
pub(crate) fn now() -> u64 {
    nanoseconds(START.elapsed()).max(1)
}

/// Five centuries fit; longer is never.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// What is longer is for ever, and can be added to any time.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// How far [`coarse`] is behind at most: a tick of the kernel's, which is a hundredth of a second at the
/// longest.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Now, or up to a [`TICK`] ago: a quarter of the price.
#[cfg(target_os = "linux")]
pub(crate) fn coarse() -> Instant {
    use rustix::time::{ClockId, Timespec, clock_gettime};

    fn since_boot(time: Timespec) -> Duration {
        // The monotonic clock is never negative.
        Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
    }

    static BASE: LazyLock<(Instant, Duration)> =
        LazyLock::new(|| (Instant::now(), since_boot(clock_gettime(ClockId::Monotonic))));
    let (instant, base) = *BASE;
    let now = since_boot(clock_gettime(ClockId::MonotonicCoarse));
    instant + now.saturating_sub(base)
}

/// Now.
#[cfg(not(target_os = "linux"))]
pub(crate) fn coarse() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarse_clock_is_a_little_behind_and_never_ahead() {
        for _ in 0..1000 {
            let before = Instant::now();
            let coarse = coarse();
            assert!(coarse <= Instant::now());
            assert!(before.saturating_duration_since(coarse) <= 2 * TICK);
        }
    }
}
