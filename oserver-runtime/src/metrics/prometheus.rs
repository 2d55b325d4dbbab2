//! The server's numbers in Prometheus's text format.
//!
//! They are written from the route table itself. An exporter behind the `metrics` facade would keep all numbers a
//! second time, and latencies only as finely as the facade gets them.

use std::fmt::{Display, Write as _};

use crate::metrics::histogram::Histogram;
use crate::metrics::snapshot::{Family, Kind, MetricsVisitor, Snapshot};

pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) fn render(snapshot: &Snapshot) -> String {
    let mut text = Text(String::with_capacity(16 * 1024));
    snapshot.visit(&mut text);
    text.0
}

struct Text(String);

impl Text {
    fn line(&mut self, name: &str, end: &str, labels: &[(&str, &str)], value: impl Display) {
        _ = write!(self.0, "{name}{end}");
        for (place, (label, word)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            // A pattern is text of the user and may contain any character.
            let word = word.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            _ = write!(self.0, "{before}{label}=\"{word}\"");
        }
        _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

impl MetricsVisitor for Text {
    fn family(&mut self, family: &Family) {
        let kind = match family.kind {
            Kind::Counter | Kind::CounterOfSeconds => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let Family { name, help, .. } = family;
        _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn value(&mut self, family: &Family, labels: &[(&'static str, &str)], value: f64) {
        self.line(family.name, "", labels, value);
    }

    fn latencies(&mut self, family: &Family, route: &str, latencies: &Histogram) {
        let route = ("route", route);
        let mut count = 0;
        for (bound, in_bucket) in latencies.buckets() {
            count += in_bucket;
            let bound =
                bound.map_or_else(|| "+Inf".to_owned(), |bound| bound.as_secs_f64().to_string());
            self.line(family.name, "_bucket", &[route, ("le", &bound)], count);
        }
        self.line(family.name, "_sum", &[route], latencies.sum().as_secs_f64());
        self.line(family.name, "_count", &[route], count);
    }
}
