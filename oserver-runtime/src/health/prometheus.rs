//! The server's numbers in Prometheus's text format, written from the route table itself.
//!
//! The labels are routes, of which there is a bounded number, and words of our own: no client can make
//! up more of them.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use super::counts::RouteCounts;
use super::server::ServerHealth;

pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) fn render(health: &ServerHealth) -> String {
    let routes = health.route_counts();
    let mut text = String::with_capacity(1024 + 4096 * routes.len());
    let mut page = Page(&mut text);
    let flag = |is: bool| u64::from(is);
    let connections = health.routes.connections.load(Ordering::Relaxed) as u64;
    let budget = &health.runtime.budget;

    page.family("oserver_live", "gauge", "1 while the server is live.");
    page.value("oserver_live", "", flag(health.trouble().is_none()));
    page.family(
        "oserver_ready",
        "gauge",
        "1 while the server is live, serving, and without alarms.",
    );
    page.value("oserver_ready", "", flag(health.reasons_not_ready().is_empty()));
    page.family("oserver_connections", "gauge", "Connections that are open.");
    page.value("oserver_connections", "", connections);
    page.family(
        "oserver_blocked_threads",
        "gauge",
        "Threads that handlers hold past their deadlines.",
    );
    page.value("oserver_blocked_threads", "", budget.abandoned() as u64);
    page.family("oserver_blocked_threads_limit", "gauge", "How many such threads there may be.");
    page.value("oserver_blocked_threads_limit", "", budget.limit() as u64);

    page.family(
        "oserver_requests_total",
        "counter",
        "Answers, by the first digit of their status.",
    );
    for route in &routes {
        for (class, count) in route.statuses.iter().enumerate() {
            let labels = format!("{},status=\"{}xx\"", label(route), class + 1);
            page.value("oserver_requests_total", &labels, *count);
        }
    }
    page.family("oserver_requests_in_flight", "gauge", "Requests that wait for their answer.");
    page.each("oserver_requests_in_flight", &routes, |route| route.in_flight);
    page.family(
        "oserver_requests_cancelled_total",
        "counter",
        "Requests whose client went away first.",
    );
    page.each("oserver_requests_cancelled_total", &routes, |route| route.cancelled);
    page.family("oserver_faults_total", "counter", "What went wrong, by kind, as in the records.");
    for route in &routes {
        for (kind, count) in [
            ("panic", route.panics),
            ("timeout", route.timeouts),
            ("error", route.errors),
            ("blocked", route.blocked),
            ("refused", route.refused),
            ("stalled-body", route.stalled_bodies),
        ] {
            let labels = format!("{},kind=\"{kind}\"", label(route));
            page.value("oserver_faults_total", &labels, count);
        }
    }
    page.family("oserver_abandoned", "gauge", "Threads that handlers of the route hold right now.");
    page.each("oserver_abandoned", &routes, |route| route.stuck);
    page.family("oserver_alarm", "gauge", "1 while the alarm of the route is raised.");
    page.each("oserver_alarm", &routes, |route| flag(route.alarm));
    page.family("oserver_breaker_open", "gauge", "1 while the breaker of the route is open.");
    page.each("oserver_breaker_open", &routes, |route| flag(route.breaker_open));
    page.family(
        "oserver_request_duration_seconds",
        "histogram",
        "From the head of a request to the head of its answer.",
    );
    for route in &routes {
        page.histogram("oserver_request_duration_seconds", route);
    }
    text
}

struct Page<'a>(&'a mut String);

impl Page<'_> {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn value(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        _ = match labels {
            "" => writeln!(self.0, "{name} {value}"),
            labels => writeln!(self.0, "{name}{{{labels}}} {value}"),
        };
    }

    fn each(&mut self, name: &str, routes: &[RouteCounts], value: impl Fn(&RouteCounts) -> u64) {
        for route in routes {
            self.value(name, &label(route), value(route));
        }
    }

    fn histogram(&mut self, name: &str, route: &RouteCounts) {
        let label = label(route);
        let mut count = 0;
        for (bound, in_bucket) in route.latencies.buckets() {
            count += in_bucket;
            let bound =
                bound.map_or_else(|| "+Inf".to_owned(), |bound| bound.as_secs_f64().to_string());
            self.value(&format!("{name}_bucket"), &format!("{label},le=\"{bound}\""), count);
        }
        self.value(&format!("{name}_sum"), &label, route.latencies.sum().as_secs_f64());
        self.value(&format!("{name}_count"), &label, count);
    }
}

/// The route as a label. A pattern is the user's text and may hold anything.
fn label(route: &RouteCounts) -> String {
    let escaped = route.route.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("route=\"{escaped}\"")
}
