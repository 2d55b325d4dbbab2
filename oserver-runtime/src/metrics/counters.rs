//! Counters of one route: numbers that only grow, and the number of in-flight requests.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::nanoseconds;
use crate::metrics::COUNTING;
use crate::metrics::histogram::{BOUNDS, BUCKETS, Histogram};
use crate::metrics::sharded::Sharded;

/// The counters of one route.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    of_each: Sharded<OfEach>,
    /// Requests that were finished although their client had left.
    pub(crate) unseen: AtomicU64,
    pub(crate) panics: AtomicU64,
    pub(crate) timeouts: AtomicU64,
    /// Timeouts whose handler held its thread.
    pub(crate) blocked_timeouts: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) stalled_bodies: AtomicU64,
    pub(crate) cancelled: AtomicU64,
    pub(crate) blocked: AtomicU64,
    pub(crate) refused: AtomicU64,
    /// CPU time of polls, in nanoseconds, as the watchdog samples it.
    pub(crate) cpu_time: AtomicU64,
    /// The longest poll that the watchdog saw, in nanoseconds.
    pub(crate) longest_poll: AtomicU64,
}

/// The counters that each request changes. All but `in_flight` only grow.
#[derive(Debug, Default)]
struct OfEach {
    /// A request may end on another thread than it began on: only the sum means something.
    in_flight: AtomicU64,
    /// Answers by the first digit of their status, from 1 to 5.
    statuses: [AtomicU64; 5],
    /// From the request's head to the head of its answer.
    latencies: [Bucket; BUCKETS],
    /// All latencies together, in nanoseconds.
    latency: AtomicU64,
}

/// Latencies of one range.
#[derive(Debug, Default)]
struct Bucket {
    count: AtomicU64,
    /// In nanoseconds.
    longest: AtomicU64,
}

impl Counters {
    pub(crate) fn begin(&self) {
        if COUNTING {
            self.of_each.own().in_flight.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn end(&self) {
        if COUNTING {
            self.of_each.own().in_flight.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Counts a response with `status` after `latency`.
    pub(crate) fn answered(&self, status: u16, latency: Duration) {
        if !COUNTING {
            return;
        }
        let latency = nanoseconds(latency);
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        let bucket = BOUNDS.partition_point(|bound| *bound < latency);
        let own = self.of_each.own();
        own.statuses[class].fetch_add(1, Ordering::Relaxed);
        let bucket = &own.latencies[bucket];
        bucket.count.fetch_add(1, Ordering::Relaxed);
        // Few requests are the longest of their bucket.
        if bucket.longest.load(Ordering::Relaxed) < latency {
            bucket.longest.fetch_max(latency, Ordering::Relaxed);
        }
        own.latency.fetch_add(latency, Ordering::Relaxed);
    }

    /// Watchdog: counts CPU time `used` since the last look, for a poll that has lasted for `age`.
    pub(crate) fn poll_was_seen(&self, used: Duration, age: Duration) {
        self.cpu_time.fetch_add(nanoseconds(used), Ordering::Relaxed);
        self.longest_poll.fetch_max(nanoseconds(age), Ordering::Relaxed);
    }

    pub(crate) fn in_flight(&self) -> u64 {
        // One that ends just as it begins may be counted out first.
        u64::try_from(self.sum(|own| &own.in_flight).cast_signed()).unwrap_or(0)
    }

    pub(crate) fn statuses(&self) -> [u64; 5] {
        array::from_fn(|class| self.sum(|own| &own.statuses[class]))
    }

    pub(crate) fn latencies(&self) -> Histogram {
        Histogram {
            buckets: array::from_fn(|bucket| self.sum(|own| &own.latencies[bucket].count)),
            longest: array::from_fn(|bucket| {
                let longest = |own: &OfEach| own.latencies[bucket].longest.load(Ordering::Relaxed);
                self.of_each.iter().map(longest).max().unwrap_or(0)
            }),
            sum: Duration::from_nanos(self.sum(|own| &own.latency)),
        }
    }

    fn sum(&self, of: impl Fn(&OfEach) -> &AtomicU64) -> u64 {
        let counts = self.of_each.iter().map(|own| of(own).load(Ordering::Relaxed));
        counts.fold(0, u64::wrapping_add)
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_in_the_first_bucket_that_it_fits_in() {
        let counters = Counters::default();
        counters.answered(200, Duration::from_millis(1));
        counters.answered(204, Duration::from_nanos(1_000_001));
        counters.answered(504, Duration::from_secs(3600));
        counters.answered(999, Duration::ZERO);
        let filled: Vec<_> =
            counters.latencies().buckets().filter(|(_, count)| *count > 0).collect();
        let bound = |micros| Some(Duration::from_micros(micros));
        assert_eq!(filled, [(bound(100), 1), (bound(1000), 1), (bound(2500), 1), (None, 1)]);
        assert_eq!(counters.statuses(), [0, 2, 0, 0, 2]);
    }

    #[test]
    fn what_many_threads_count_adds_up_wherever_a_request_ends() {
        const THREADS: u64 = 20;
        let counters = Counters::default();
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    counters.begin();
                    counters.answered(200, Duration::from_millis(2));
                });
            }
        });
        assert_eq!(counters.in_flight(), THREADS);
        assert_eq!(counters.statuses(), [0, THREADS, 0, 0, 0]);
        let latencies = counters.latencies();
        let sum = Duration::from_millis(2 * THREADS);
        assert_eq!((latencies.count(), latencies.sum()), (THREADS, sum));
        (0..THREADS).for_each(|_| counters.end());
        assert_eq!(counters.in_flight(), 0);
    }

    #[test]
    fn a_quantile_lies_in_its_bucket() {
        let counters = Counters::default();
        assert_eq!(counters.latencies().quantile(0.5), None);
        for _ in 0..99 {
            counters.answered(200, Duration::from_micros(200));
        }
        counters.answered(200, Duration::from_secs(2));
        let latencies = counters.latencies();
        let within = |part, from, to| {
            let found = latencies.quantile(part).expect("there are some");
            assert!(found >= from && found <= to, "{part}: {found:?}");
        };
        within(0.5, Duration::from_micros(100), Duration::from_micros(250));
        within(0.99, Duration::from_micros(100), Duration::from_micros(250));
        within(1.0, Duration::from_secs(2), Duration::from_secs(2));
        assert_eq!(latencies.since(&latencies).quantile(0.5), None);
    }

    #[test]
    fn no_quantile_is_longer_than_the_longest() {
        let counters = Counters::default();
        let deadline = Duration::from_micros(1_002_000);
        for _ in 0..10 {
            counters.answered(504, deadline);
        }
        let latencies = counters.latencies();
        assert_eq!(latencies.max(), Some(deadline));
        assert_eq!(latencies.quantile(1.0), Some(deadline));
        assert!(latencies.quantile(0.99) <= Some(deadline), "{latencies:?}");
        counters.answered(200, Duration::from_secs(90));
        let latencies = counters.latencies();
        assert_eq!(
            latencies.quantile(1.0),
            Some(Duration::from_secs(90)),
            "longer than all bounds"
        );
        let mut both = Histogram::default();
        both.add(&latencies);
        assert_eq!((both.max(), both.count()), (Some(Duration::from_secs(90)), 11));
    }
}
