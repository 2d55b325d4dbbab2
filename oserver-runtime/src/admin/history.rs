//! The last minutes of a server, second by second. A person who opens the page after a fault can see how it began.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::admin::status::milliseconds;
use crate::metrics::histogram::Histogram;
use crate::metrics::route_metrics::RouteMetrics;

/// How many samples are kept: five minutes of them.
const KEPT: usize = 300;
/// How many routes have a history: the first that got requests.
const ROUTES: usize = 256;

/// The names of the series that are drawn: numbers of a second, or milliseconds.
const SERIES: [&str; NUMBERS + 2] =
    ["requests", "panics", "timeouts", "blocked", "errors", "refused", "failed", "p50", "p99"];
/// How many of them are numbers of a second.
const NUMBERS: usize = 7;

/// One second of one route, or of all.
type Sample = [Option<f32>; SERIES.len()];

/// The totals that were counted until a sample.
#[derive(Clone, Debug, Default)]
struct Counted {
    /// In the order of the series.
    numbers: [u64; NUMBERS],
    latencies: Histogram,
}

#[derive(Debug, Default)]
struct Line {
    counted: Counted,
    samples: VecDeque<Sample>,
}

/// Samples of all routes together, and of each.
#[derive(Debug)]
pub(super) struct History {
    total: Line,
    routes: BTreeMap<String, Line>,
    /// The number of the last sample; the first is 1.
    last: u64,
    sampled: Instant,
}

impl History {
    pub(super) fn new() -> Self {
        Self { total: Line::default(), routes: BTreeMap::new(), last: 0, sampled: Instant::now() }
    }

    /// Takes a sample.
    pub(super) fn sample(&mut self, routes: &[RouteMetrics]) {
        let passed = self.sampled.elapsed();
        self.sampled = Instant::now();
        self.last += 1;
        let mut total = Counted::default();
        for route in routes {
            let counted = Counted::of(route);
            total.add(&counted);
            if self.routes.len() < ROUTES || self.routes.contains_key(&route.route) {
                self.routes.entry(route.route.clone()).or_default().sample(counted, passed);
            }
        }
        self.total.sample(total, passed);
    }

    /// Returns everything after sample number `after`, the newest last. A route without a sample is older than the
    /// sample.
    pub(super) fn since(&self, after: u64) -> Value {
        // A client that has seen a later sample has seen it of another process.
        let after = if after > self.last { 0 } else { after };
        let wanted = usize::try_from(self.last - after).unwrap_or(KEPT).min(KEPT);
        let routes: Map<String, Value> =
            self.routes.iter().map(|(route, line)| (route.clone(), line.since(wanted))).collect();
        json!({
            "process": std::process::id(),
            "last": self.last,
            "kept": KEPT,
            "total": self.total.since(wanted),
            "routes": routes,
        })
    }
}

impl Line {
    fn sample(&mut self, counted: Counted, passed: Duration) {
        let mut sample = Sample::default();
        let seconds = passed.as_secs_f64().max(1e-3);
        for (place, number) in counted.numbers.iter().enumerate() {
            let more = number.saturating_sub(self.counted.numbers[place]);
            sample[place] = Some((more as f64 / seconds) as f32);
        }
        let latencies = counted.latencies.since(&self.counted.latencies);
        for (place, part) in [0.5, 0.99].into_iter().enumerate() {
            sample[NUMBERS + place] =
                latencies.quantile(part).map(|time| milliseconds(time) as f32);
        }
        self.counted = counted;
        if self.samples.len() == KEPT {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }

    fn since(&self, wanted: usize) -> Value {
        let skipped = self.samples.len().saturating_sub(wanted);
        let series = SERIES.iter().enumerate().map(|(place, name)| {
            let values = self.samples.iter().skip(skipped).map(|sample| rounded(sample[place]));
            ((*name).to_owned(), values.collect())
        });
        Value::Object(series.collect())
    }
}

impl Counted {
    fn of(route: &RouteMetrics) -> Self {
        let faults = [route.panics, route.timeouts, route.errors, route.refused];
        // Responses with 5xx that handlers returned by themselves.
        let failed = route.statuses[4].saturating_sub(faults.iter().sum());
        let [panics, timeouts, errors, refused] = faults;
        // Each fault once: a handler that holds its thread is one of `blocked`.
        let timeouts = timeouts.saturating_sub(route.blocked_timeouts);
        let numbers = [route.requests, panics, timeouts, route.blocked, errors, refused, failed];
        Self { numbers, latencies: route.latencies.clone() }
    }

    fn add(&mut self, other: &Self) {
        for (sum, number) in self.numbers.iter_mut().zip(other.numbers) {
            *sum += number;
        }
        self.latencies.add(&other.latencies);
    }
}

fn rounded(value: Option<f32>) -> Value {
    value.map_or(Value::Null, |value| ((f64::from(value) * 100.0).round() / 100.0).into())
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;
    use crate::health::route_table::RouteTable;

    #[test]
    fn only_what_came_after_is_told_and_what_is_old_is_forgotten() {
        let table = RouteTable::default();
        let index = table.register("GET", "/", true);
        let mut history = History::new();
        for number in 1..=2 * KEPT {
            table.entry(index).counters.answered(200, Duration::from_millis(3));
            let routes: Vec<_> =
                table.entries().map(crate::health::route_table::RouteEntry::metrics).collect();
            history.sample(&routes);
            assert_eq!(history.last, number as u64);
        }
        let length =
            |after| history.since(after)["routes"]["GET /"]["p99"].as_array().map(Vec::len);
        let last = 2 * KEPT as u64;
        assert_eq!(length(last), Some(0));
        assert_eq!(length(last - 2), Some(2));
        assert_eq!(length(0), Some(KEPT));
        assert_eq!(length(last + 7), Some(KEPT), "a number of another process");
        let p99 = history.since(last - 1)["total"]["p99"][0].as_f64().expect("a number");
        assert!((2.5..=5.0).contains(&p99), "{p99}");
    }
}
