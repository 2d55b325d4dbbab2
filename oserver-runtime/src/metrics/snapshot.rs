//! Metrics of servers, for exporters: names, meanings, values. Prometheus's text and the `metrics` facade are written
//! from here.
//!
//! The labels are routes and actors, of which a bounded number has its own series, and words of this crate. No client
//! can add labels.

use crate::metrics::actor_metrics::{ACTOR_FAULTS, ActorMetrics, CALLS};
use crate::metrics::histogram::Histogram;
use crate::metrics::route_metrics::RouteMetrics;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    /// A counter with a fraction, which not every recorder can count.
    CounterOfSeconds,
    Gauge,
    Histogram,
}

/// One name.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) help: &'static str,
}

const fn family(kind: Kind, name: &'static str, help: &'static str) -> Family {
    Family { name, kind, help }
}

type Labels<'a> = &'a [(&'static str, &'a str)];

/// Gets the metrics of a snapshot.
pub(crate) trait MetricsVisitor {
    /// Begins a family: the values that follow belong to it.
    fn family(&mut self, family: &Family);

    fn value(&mut self, family: &Family, labels: Labels<'_>, value: f64);

    fn latencies(&mut self, family: &Family, route: &str, latencies: &Histogram);
}

/// All servers of the process at one moment, added up.
pub(crate) struct Snapshot {
    pub(crate) live: bool,
    pub(crate) ready: bool,
    pub(crate) connections: u64,
    pub(crate) blocked: u64,
    pub(crate) limit: u64,
    /// Lines of the log that stderr did not accept.
    pub(crate) log_dropped: u64,
    pub(crate) routes: Vec<RouteMetrics>,
    pub(crate) actors: Vec<ActorMetrics>,
}

impl Snapshot {
    pub(crate) fn visit(&self, visitor: &mut impl MetricsVisitor) {
        use Kind::{Counter, CounterOfSeconds, Gauge, Histogram};

        let mut single = |family: Family, value: u64| {
            visitor.family(&family);
            visitor.value(&family, &[], value as f64);
        };
        let help = "1 while the server is live.";
        single(family(Gauge, "oserver_live", help), self.live.into());
        let help = "1 while the server is live, serving, and without alarms.";
        single(family(Gauge, "oserver_ready", help), self.ready.into());
        let help = "Connections that are open.";
        single(family(Gauge, "oserver_connections", help), self.connections);
        let help = "Threads that handlers hold past their deadlines.";
        single(family(Gauge, "oserver_blocked_threads", help), self.blocked);
        let help = "Lines and records that were not written, because stderr did not accept them.";
        single(family(Counter, "oserver_log_dropped_total", help), self.log_dropped);
        let help = "The limit of abandoned threads; above it the process exits.";
        single(family(Gauge, "oserver_blocked_threads_limit", help), self.limit);

        let mut routes = Rows {
            visitor: &mut *visitor,
            label: "route",
            rows: &self.routes,
            name: |row| &row.route,
        };
        let help = "Responses, by the first digit of their status.";
        routes.each(Counter, "oserver_requests_total", help, "status", |route| {
            ["1xx", "2xx", "3xx", "4xx", "5xx"].into_iter().zip(route.statuses).collect()
        });
        let help = "Requests without a response yet.";
        routes.one(Gauge, "oserver_requests_in_flight", help, |route| route.in_flight as f64);
        let help = "Requests whose client left before the response.";
        routes
            .one(Counter, "oserver_requests_cancelled_total", help, |route| route.cancelled as f64);
        let help =
            "Faults by kind. A request that blocks its thread counts as timeout and as blocked.";
        routes.each(Counter, "oserver_faults_total", help, "kind", |route| {
            vec![
                ("panic", route.panics),
                ("timeout", route.timeouts),
                ("error", route.errors),
                ("blocked", route.blocked),
                ("refused", route.refused),
                ("stalled-body", route.stalled_bodies),
            ]
        });
        let help = "Threads that handlers of the route hold past their deadlines now.";
        routes.one(Gauge, "oserver_abandoned", help, |route| route.stuck as f64);
        let (name, help) = ("oserver_cpu_seconds_total", "CPU time of polls, sampled.");
        routes.one(CounterOfSeconds, name, help, |route| route.cpu_time.as_secs_f64());
        let (name, help) =
            ("oserver_longest_poll_seconds", "The longest poll that was seen since the start.");
        routes.one(Gauge, name, help, |route| route.longest_poll.as_secs_f64());
        let help = "1 while the alarm of the route is raised.";
        routes.one(Gauge, "oserver_alarm", help, |route| flag(route.alarm));
        let help = "1 while the breaker of the route is open.";
        routes.one(Gauge, "oserver_breaker_open", help, |route| flag(route.breaker_open));
        let help = "Time from the head of a request to the head of its response.";
        let duration = family(Histogram, "oserver_request_duration_seconds", help);
        visitor.family(&duration);
        for route in &self.routes {
            visitor.latencies(&duration, &route.route, &route.latencies);
        }

        let mut actors =
            Rows { visitor, label: "actor", rows: &self.actors, name: |row| &row.label };
        let help = "Restarts of actors.";
        actors.one(Counter, "oserver_actor_restarts_total", help, |actor| {
            actor.totals.restarts as f64
        });
        let help = "Faults of actors, by kind.";
        actors.each(Counter, "oserver_actor_faults_total", help, "kind", |actor| {
            ACTOR_FAULTS.into_iter().zip(actor.totals.faults).collect()
        });
        let help = "Commands to actors, by result.";
        actors.each(Counter, "oserver_actor_calls_total", help, "result", |actor| {
            CALLS.into_iter().zip(actor.totals.calls).collect()
        });
        let help = "Commands that wait in the mailboxes of actors.";
        actors.one(Gauge, "oserver_actor_queued", help, |actor| actor.queued as f64);
        let help = "1 while the state of the actor exists.";
        actors.one(Gauge, "oserver_actor_running", help, |actor| flag(actor.running));
        let help = "Threads that the actor holds past its deadlines now.";
        actors.one(Gauge, "oserver_actor_abandoned", help, |actor| actor.abandoned as f64);
        let help = "1 while the actor exceeds its restart limit.";
        actors.one(Gauge, "oserver_actor_over_budget", help, |actor| flag(actor.over_budget));
    }
}

fn flag(is_so: bool) -> f64 {
    u8::from(is_so).into()
}

/// Rows of one kind, distinguished by a label.
struct Rows<'a, V, R> {
    visitor: &'a mut V,
    label: &'static str,
    rows: &'a [R],
    name: fn(&R) -> &str,
}

impl<V: MetricsVisitor, R> Rows<'_, V, R> {
    fn one(&mut self, kind: Kind, name: &'static str, help: &'static str, value: fn(&R) -> f64) {
        let family = family(kind, name, help);
        self.visitor.family(&family);
        for row in self.rows {
            self.visitor.value(&family, &[(self.label, (self.name)(row))], value(row));
        }
    }

    /// Reports one value for each word of a further label.
    fn each(
        &mut self,
        kind: Kind,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        values: fn(&R) -> Vec<(&'static str, u64)>,
    ) {
        let family = family(kind, name, help);
        self.visitor.family(&family);
        for row in self.rows {
            for (word, value) in values(row) {
                let labels = [(self.label, (self.name)(row)), (label, word)];
                self.visitor.value(&family, &labels, value as f64);
            }
        }
    }
}
