//! The `metrics` facade, for whoever has an exporter behind it: told once a second, so that it costs
//! requests nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::counters::Histogram;
use super::families::{Family, Kind, Snapshot, Teller};
use super::server::ServerHealth;

/// What was told of latencies, by route.
#[derive(Debug, Default)]
pub(crate) struct Facade {
    told: HashMap<String, Histogram>,
}

impl Facade {
    /// Tells the recorder, if there is one, how the servers are.
    pub(crate) fn tell(&mut self, servers: &[Arc<ServerHealth>]) {
        let servers: Vec<_> = servers.iter().map(|server| &**server).collect();
        Snapshot::of(&servers).tell(self);
    }
}

impl Teller for Facade {
    /// Each time: a recorder may be installed late.
    fn family(&mut self, family: &Family) {
        match family.kind {
            Kind::Counter => describe_counter!(family.name, family.help),
            Kind::Gauge => describe_gauge!(family.name, family.help),
            Kind::Histogram => describe_histogram!(family.name, family.help),
        }
    }

    fn value(&mut self, family: &Family, labels: &[(&'static str, &str)], value: u64) {
        let labels: Vec<_> =
            labels.iter().map(|(label, word)| (*label, (*word).to_owned())).collect();
        match family.kind {
            Kind::Counter => counter!(family.name, &labels).absolute(value),
            Kind::Gauge | Kind::Histogram => gauge!(family.name, &labels).set(value as f64),
        }
    }

    /// Those of the last second, each as the middle of its bucket.
    fn latencies(&mut self, family: &Family, route: &str, latencies: &Histogram) {
        let told = self.told.entry(route.to_owned()).or_default();
        let histogram = histogram!(family.name, "route" => route.to_owned());
        let mut lower = Duration::ZERO;
        for (bound, count) in latencies.since(told).buckets() {
            let upper = bound.unwrap_or(lower);
            let middle = (lower + upper) / 2;
            if count > 0 {
                histogram.record_many(middle.as_secs_f64(), count as usize);
            }
            lower = upper;
        }
        told.clone_from(latencies);
    }
}
