//! What is counted of one route: numbers that only grow, and how many requests are under way.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::COUNTING;
use super::striped::Striped;
use crate::clock::nanoseconds;

/// Upper bounds of the buckets of latencies, in nanoseconds; what is longer is in one more bucket.
pub(crate) const BOUNDS: [u64; 19] = [
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    1_500_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
    30_000_000_000,
    60_000_000_000,
];
/// One more than there are bounds.
pub(crate) const BUCKETS: usize = BOUNDS.len() + 1;

/// What is counted of one route.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    of_each: Striped<OfEach>,
    /// Requests that were finished though their client had gone.
    pub(crate) unseen: AtomicU64,
    pub(crate) panics: AtomicU64,
    pub(crate) timeouts: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) stalled_bodies: AtomicU64,
    pub(crate) cancelled: AtomicU64,
    pub(crate) blocked: AtomicU64,
    pub(crate) refused: AtomicU64,
}

/// What is counted of each request. But for `in_flight` each only grows.
#[derive(Debug, Default)]
struct OfEach {
    /// A request may end on another thread than it began on: only the sum means something.
    in_flight: AtomicU64,
    /// Answers by the first digit of their status, from 1 to 5.
    statuses: [AtomicU64; 5],
    /// From the request's head to that of its answer.
    latencies: [AtomicU64; BUCKETS],
    /// All latencies together, in nanoseconds.
    latency: AtomicU64,
}

impl Counters {
    pub(super) fn begin(&self) {
        if COUNTING {
            self.of_each.own().in_flight.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn end(&self) {
        if COUNTING {
            self.of_each.own().in_flight.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// A request was answered with `status` after `latency`.
    pub(crate) fn answered(&self, status: u16, latency: Duration) {
        if !COUNTING {
            return;
        }
        let latency = nanoseconds(latency);
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        let bucket = BOUNDS.partition_point(|bound| *bound < latency);
        let own = self.of_each.own();
        own.statuses[class].fetch_add(1, Ordering::Relaxed);
        own.latencies[bucket].fetch_add(1, Ordering::Relaxed);
        own.latency.fetch_add(latency, Ordering::Relaxed);
    }

    pub(super) fn in_flight(&self) -> u64 {
        // One that ends just as it begins may be counted out first.
        u64::try_from(self.sum(|own| &own.in_flight).cast_signed()).unwrap_or(0)
    }

    pub(super) fn statuses(&self) -> [u64; 5] {
        array::from_fn(|class| self.sum(|own| &own.statuses[class]))
    }

    pub(super) fn latencies(&self) -> Histogram {
        Histogram {
            buckets: array::from_fn(|bucket| self.sum(|own| &own.latencies[bucket])),
            sum: Duration::from_nanos(self.sum(|own| &own.latency)),
        }
    }

    fn sum(&self, of: impl Fn(&OfEach) -> &AtomicU64) -> u64 {
        let counts = self.of_each.iter().map(|own| of(own).load(Ordering::Relaxed));
        counts.fold(0, u64::wrapping_add)
    }
}

/// How long requests took, from the head of each to the head of its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    buckets: [u64; BUCKETS],
    sum: Duration,
}

impl Histogram {
    /// How many were measured.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// All of them together.
    #[must_use]
    pub fn sum(&self) -> Duration {
        self.sum
    }

    /// How many took longer than the bound before and at most this long; the last, which has no bound,
    /// are those that took longer than a minute.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bounds = BOUNDS.iter().map(|bound| Some(Duration::from_nanos(*bound)));
        bounds.chain([None]).zip(self.buckets)
    }

    /// What was measured since `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut buckets = self.buckets;
        for (bucket, before) in buckets.iter_mut().zip(before.buckets) {
            *bucket = bucket.saturating_sub(before);
        }
        Self { buckets, sum: self.sum.saturating_sub(before.sum) }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, count) in self.buckets.iter_mut().zip(other.buckets) {
            *sum += count;
        }
        self.sum += other.sum;
    }

    /// How long the fastest part of them took, as 0.99 of them: exact to the bucket, in proportion
    /// inside of it. `None` when nothing was measured. What took longer than a minute counts as that.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let mut rank = part.clamp(0.0, 1.0) * count as f64;
        let mut lower = 0;
        for (bound, in_bucket) in BOUNDS.iter().zip(self.buckets) {
            let in_bucket = in_bucket as f64;
            if rank <= in_bucket && in_bucket > 0.0 {
                let inside = (*bound - lower) as f64 * (rank / in_bucket);
                return Some(Duration::from_nanos(lower + inside as u64));
            }
            rank -= in_bucket;
            lower = *bound;
        }
        Some(Duration::from_nanos(lower))
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
        within(1.0, Duration::from_secs(1), Duration::from_millis(2500));
        assert_eq!(latencies.since(&latencies).quantile(0.5), None);
    }
}
