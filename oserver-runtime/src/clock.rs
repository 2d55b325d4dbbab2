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
