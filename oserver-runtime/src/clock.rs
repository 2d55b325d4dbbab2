//! The clock for times in atomics: nanoseconds since the process first read it. Deadlines use `lived`, which leaves
//! out the time in which the process was stopped.

pub(crate) mod lived;

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Returns the current time; never zero, which stands for "not at all" in stored times.
pub(crate) fn now() -> u64 {
    nanoseconds(START.elapsed()).max(1)
}

/// Converts a duration. Five centuries fit; a longer duration is "never".
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The longest finite duration, which can be added to any time; a longer one counts as for ever.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// How far [`coarse`] is behind at most: a tick of the kernel's, which is a hundredth of a second at the
/// longest.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Returns the current time, or up to a [`TICK`] earlier, for a quarter of the cost.
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

/// Returns the current time.
#[cfg(not(target_os = "linux"))]
pub(crate) fn coarse() -> Instant {
    Instant::now()
}

/// Returns a time in the format of RFC 3339, in UTC, to the microsecond.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // Years begin in March here, so that a leap day is the last of its year (Howard Hinnant, `civil_from_days`).
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let micros = since.subsec_micros();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339_has_it() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000007Z"),
            (951_782_399, "2000-02-28T23:59:59.000007Z"),
            (951_782_400, "2000-02-29T00:00:00.000007Z"),
            (951_868_800, "2000-03-01T00:00:00.000007Z"),
            (1_709_210_096, "2024-02-29T12:34:56.000007Z"),
            (4_102_444_799, "2099-12-31T23:59:59.000007Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000007Z"),
        ] {
            let time = UNIX_EPOCH + Duration::new(seconds, 7_000);
            assert_eq!(rfc3339(time), expected);
        }
    }

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
