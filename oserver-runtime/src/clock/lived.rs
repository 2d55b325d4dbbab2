//! Time without the gaps in which the whole process was stopped, by `SIGSTOP`, a frozen container or a paused machine.
//! No code can use such a gap, so deadlines are times of [`lived`], and [`Timer`] sets tokio's timers by it.
//!
//! The canary beats every [`BEAT`]. In a far longer gap nothing ran, and the first thread that reads the clock removes
//! the gap. If every gap is too long, the process gets too little CPU time, and deadlines count on.
//!
//! Invariant: a thread that sees a beat sees every gap that was removed before it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::time::{Sleep, sleep_until};

use crate::clock::{START, coarse, nanoseconds};

/// How often the canary must beat.
pub(crate) const BEAT: Duration = Duration::from_millis(200);
/// A gap of more than this is no gap between two beats of a process that runs.
const TOO_LONG: u64 = 500_000_000;
/// No canary beats.
const NOBODY: u64 = u64::MAX;

static STOPS: Stops = Stops::new();

/// All times are in nanoseconds since [`START`].
#[derive(Debug)]
struct Stops {
    /// The time since when no beat is known.
    known_until: AtomicU64,
    /// The time of the last beat.
    last_beat: AtomicU64,
    /// The last gap was too long, too.
    was_too_long: AtomicBool,
    taken_out: AtomicU64,
    unreported: AtomicU64,
    noticing: Mutex<()>,
}

impl Stops {
    const fn new() -> Self {
        Self {
            known_until: AtomicU64::new(NOBODY),
            last_beat: AtomicU64::new(NOBODY),
            was_too_long: AtomicBool::new(false),
            taken_out: AtomicU64::new(0),
            unreported: AtomicU64::new(0),
            noticing: Mutex::new(()),
        }
    }

    /// Returns the sum of the gaps that are removed from a time.
    fn until(&self, now: u64) -> Duration {
        if now.saturating_sub(self.known_until.load(Ordering::Acquire)) > TOO_LONG {
            self.notice(now);
        }
        Duration::from_nanos(self.taken_out.load(Ordering::Acquire))
    }

    #[cold]
    fn notice(&self, now: u64) {
        // A poisoned lock serves as well: it guards no value that could be half changed.
        let _one = self.noticing.lock();
        let gap = now.saturating_sub(self.known_until.load(Ordering::Relaxed));
        if gap <= TOO_LONG {
            return;
        }
        if !self.was_too_long.swap(true, Ordering::Relaxed) {
            self.taken_out.fetch_add(gap, Ordering::Release);
            self.unreported.fetch_add(gap, Ordering::Relaxed);
        }
        self.known_until.store(now, Ordering::Release);
    }

    fn beat(&self, now: u64) -> Option<Duration> {
        self.until(now);
        if now.saturating_sub(self.last_beat.swap(now, Ordering::Relaxed)) <= TOO_LONG {
            self.was_too_long.store(false, Ordering::Relaxed);
        }
        self.known_until.store(now, Ordering::Release);
        let unreported = self.unreported.swap(0, Ordering::Relaxed);
        (unreported > 0).then(|| Duration::from_nanos(unreported))
    }
}

/// Records that the process runs. Returns the duration of a stop that is not reported yet.
pub(crate) fn beat() -> Option<Duration> {
    STOPS.beat(since_start(Instant::now()))
}

/// Ends the beats, unless another canary beats.
pub(crate) fn beat_no_more() {
    STOPS.known_until.store(NOBODY, Ordering::Release);
    STOPS.last_beat.store(NOBODY, Ordering::Relaxed);
}

/// Returns the current time without the gaps. After a stop it may be one beat earlier than before the stop.
pub(crate) fn lived() -> Instant {
    without_stops(Instant::now())
}

/// Returns the time as [`lived`] does, or up to a [`TICK`](crate::clock::TICK) earlier.
pub(crate) fn lived_coarse() -> Instant {
    without_stops(coarse())
}

fn without_stops(now: Instant) -> Instant {
    // The removed gaps are never longer than the time since the start.
    now - STOPS.until(since_start(now))
}

fn since_start(now: Instant) -> u64 {
    nanoseconds(now.saturating_duration_since(*START))
}

/// Converts a time of [`lived`] to a time of the operating system, as far as it is known.
pub(crate) fn with_stops(lived: Instant) -> Instant {
    lived + Duration::from_nanos(STOPS.taken_out.load(Ordering::Acquire))
}

/// A timer for times of [`lived`].
#[derive(Debug, Default)]
pub(crate) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Ready at that time, which may differ with each poll.
    pub(crate) fn poll(&mut self, at: Instant, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let set = with_stops(at).into();
            let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(set)));
            if timer.deadline() != set {
                timer.as_mut().reset(set);
            }
            ready!(timer.as_mut().poll(context));
            // The process may have been stopped in the meantime, and this is the first to notice.
            lived();
            if with_stops(at) <= set.into_std() {
                return Poll::Ready(());
            }
        }
    }
}

/// Waits for `future`, but no longer than this time of [`lived`]: `None` if it takes longer.
pub(crate) async fn within<F: Future>(limit: Option<Duration>, future: F) -> Option<F::Output> {
    let until = limit.and_then(|limit| lived().checked_add(limit));
    let (mut future, mut timer) = (pin!(future), Timer::default());
    poll_fn(|context| match (future.as_mut().poll(context), until) {
        (Poll::Ready(output), _) => Poll::Ready(Some(output)),
        (Poll::Pending, Some(until)) => timer.poll(until, context).map(|()| None),
        (Poll::Pending, None) => Poll::Pending,
    })
    .await
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const BEATS: u64 = BEAT.as_nanos() as u64;

    #[test]
    fn a_stop_is_taken_out_once_whoever_notices_it() {
        let stops = Stops::new();
        assert_eq!(stops.until(100 * SECOND), Duration::ZERO, "nobody beats");
        stops.beat(100 * SECOND);
        assert_eq!(stops.until(100 * SECOND + BEATS), Duration::ZERO);
        // Stopped for five seconds.
        assert_eq!(stops.until(105 * SECOND), Duration::from_secs(5));
        assert_eq!(stops.until(105 * SECOND + 1), Duration::from_secs(5));
        assert_eq!(stops.beat(105 * SECOND + 2), Some(Duration::from_secs(5)));
        assert_eq!(stops.beat(105 * SECOND + BEATS), None, "it is reported");
        assert_eq!(stops.until(106 * SECOND), Duration::from_secs(5) + Duration::from_millis(800));
    }

    #[test]
    fn where_each_beat_is_late_the_machine_is_busy_and_time_goes_on() {
        let stops = Stops::new();
        stops.beat(SECOND);
        for second in 2..100 {
            stops.until(second * SECOND - 1);
            stops.beat(second * SECOND);
        }
        assert_eq!(stops.until(100 * SECOND), Duration::from_secs(1) - Duration::from_nanos(1));
    }
}
