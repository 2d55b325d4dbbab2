//! The `metrics` facade, for an exporter behind it. It gets the numbers once a second, so that requests pay nothing.

use std::collections::HashMap;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::metrics::histogram::Histogram;
use crate::metrics::snapshot::{Family, Kind, MetricsVisitor};

/// The latencies that were reported, by route.
#[derive(Debug, Default)]
pub(crate) struct Facade {
    reported: HashMap<String, Histogram>,
}

impl MetricsVisitor for Facade {
    /// Describes a metric each time, because a recorder may be installed late.
    fn family(&mut self, family: &Family) {
        match family.kind {
            Kind::Counter => describe_counter!(family.name, family.help),
            Kind::CounterOfSeconds | Kind::Gauge => describe_gauge!(family.name, family.help),
            Kind::Histogram => describe_histogram!(family.name, family.help),
        }
    }

    fn value(&mut self, family: &Family, labels: &[(&'static str, &str)], value: f64) {
        let labels: Vec<_> =
            labels.iter().map(|(label, word)| (*label, (*word).to_owned())).collect();
        match family.kind {
            Kind::Counter => counter!(family.name, &labels).absolute(value as u64),
            _ => gauge!(family.name, &labels).set(value),
        }
    }

    /// Reports the latencies of the last second, each as the middle of its bucket.
    fn latencies(&mut self, family: &Family, route: &str, latencies: &Histogram) {
        let before = self.reported.entry(route.to_owned()).or_default();
        let histogram = histogram!(family.name, "route" => route.to_owned());
        let mut lower = Duration::ZERO;
        for (bound, count) in latencies.since(before).buckets() {
            let upper = bound.unwrap_or(lower);
            let middle = (lower + upper) / 2;
            if count > 0 {
                histogram.record_many(middle.as_secs_f64(), count as usize);
            }
            lower = upper;
        }
        before.clone_from(latencies);
    }
}
