//! The latency histogram: how long requests took, in buckets of fixed bounds.

use std::time::Duration;

/// Upper bounds of the buckets of latencies, in nanoseconds; longer latencies are in one more bucket.
pub(crate) const BOUNDS: [u64; 19] = nanoseconds([
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 1_500_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
]);
/// One more than the bounds.
pub(crate) const BUCKETS: usize = BOUNDS.len() + 1;

const fn nanoseconds<const N: usize>(mut microseconds: [u64; N]) -> [u64; N] {
    let mut place = 0;
    while place < N {
        microseconds[place] *= 1_000;
        place += 1;
    }
    microseconds
}

/// How long requests took, from the head of each to the head of its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    pub(crate) buckets: [u64; BUCKETS],
    /// The longest latency of each bucket, in nanoseconds.
    pub(crate) longest: [u64; BUCKETS],
    pub(crate) sum: Duration,
}

impl Histogram {
    /// Returns how many latencies were measured.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// Returns the sum of all latencies.
    #[must_use]
    pub fn sum(&self) -> Duration {
        self.sum
    }

    /// Returns the longest latency, exactly. `None` if nothing was measured. In a difference ([`since`](Self::since))
    /// it may be an earlier latency of the same bucket.
    #[must_use]
    pub fn max(&self) -> Option<Duration> {
        let last = self.buckets.iter().rposition(|count| *count > 0)?;
        Some(Duration::from_nanos(self.longest[last]))
    }

    /// Returns, for each bucket, its upper bound and how many latencies it has. The last bucket has no bound: its
    /// latencies are longer than a minute.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bounds = BOUNDS.iter().map(|bound| Some(Duration::from_nanos(*bound)));
        bounds.chain([None]).zip(self.buckets)
    }

    /// Returns the measurements since `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut buckets = self.buckets;
        for (bucket, before) in buckets.iter_mut().zip(before.buckets) {
            *bucket = bucket.saturating_sub(before);
        }
        Self { buckets, longest: self.longest, sum: self.sum.saturating_sub(before.sum) }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, count) in self.buckets.iter_mut().zip(other.buckets) {
            *sum += count;
        }
        for (longest, other) in self.longest.iter_mut().zip(other.longest) {
            *longest = other.max(*longest);
        }
        self.sum += other.sum;
    }

    /// Returns the latency that `part` of the requests do not exceed, such as 0.99 of them. It is exact to the bucket,
    /// in proportion inside of it, and never longer than the longest of the bucket. `None` if nothing was measured.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let mut rank = part.clamp(0.0, 1.0) * count as f64;
        let mut lower = 0;
        let bounds = BOUNDS.iter().copied().chain([u64::MAX]);
        for (bound, (in_bucket, longest)) in bounds.zip(self.buckets.into_iter().zip(self.longest))
        {
            let in_bucket = in_bucket as f64;
            if rank <= in_bucket && in_bucket > 0.0 {
                let inside = longest.saturating_sub(lower) as f64 * (rank / in_bucket);
                return Some(Duration::from_nanos(lower + inside as u64));
            }
            rank -= in_bucket;
            lower = bound;
        }
        // Rounding took the rank past the last.
        self.max()
    }
}
