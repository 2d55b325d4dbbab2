//! What is told of servers to whoever collects metrics: names, meanings, values. Prometheus's text and
//! the `metrics` facade are written from here.
//!
//! The labels are routes and actors, of which a bounded number is told apart, and words of our own: no
//! client can make up more of them.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::actors::{ACTOR_FAULTS, ActorMetrics, CALLS};
use super::counters::Histogram;
use super::counts::RouteMetrics;
use super::server::ServerHealth;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
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

/// Whom it is told.
pub(crate) trait Teller {
    /// What comes next is of this family.
    fn family(&mut self, family: &Family);

    fn value(&mut self, family: &Family, labels: Labels<'_>, value: u64);

    fn latencies(&mut self, family: &Family, route: &str, latencies: &Histogram);
}

/// Servers at one moment, those of the same process taken together.
pub(crate) struct Snapshot {
    live: bool,
    ready: bool,
    connections: u64,
    blocked: u64,
    limit: u64,
    routes: Vec<RouteMetrics>,
    actors: Vec<ActorMetrics>,
}

impl Snapshot {
    pub(crate) fn of(servers: &[&ServerHealth]) -> Self {
        let mut routes = BTreeMap::<String, RouteMetrics>::new();
        for counts in servers.iter().flat_map(|server| server.route_metrics()) {
            match routes.get_mut(&counts.route) {
                Some(sum) => sum.add(&counts),
                None => _ = routes.insert(counts.route.clone(), counts),
            }
        }
        let connections =
            |server: &&ServerHealth| server.routes.connections.load(Ordering::Relaxed);
        // They are of the runtime, which is the same for all.
        let budget = servers.first().map(|server| &server.runtime.budget);
        Self {
            live: servers.iter().all(|server| server.trouble().is_none()),
            ready: servers.iter().all(|server| server.reasons_not_ready().is_empty()),
            connections: servers.iter().map(connections).sum::<usize>() as u64,
            blocked: budget.map_or(0, |budget| budget.abandoned() as u64),
            limit: budget.map_or(0, |budget| budget.limit() as u64),
            routes: routes.into_values().collect(),
            actors: servers
                .first()
                .map(|server| server.runtime.actors.metrics())
                .unwrap_or_default(),
        }
    }

    pub(crate) fn tell(&self, teller: &mut impl Teller) {
        use Kind::{Counter, Gauge, Histogram};

        let mut single = |family: Family, value: u64| {
            teller.family(&family);
            teller.value(&family, &[], value);
        };
        let help = "1 while the server is live.";
        single(family(Gauge, "oserver_live", help), self.live.into());
        let help = "1 while the server is live, serving, and without alarms.";
        single(family(Gauge, "oserver_ready", help), self.ready.into());
        let help = "Connections that are open.";
        single(family(Gauge, "oserver_connections", help), self.connections);
        let help = "Threads that handlers hold past their deadlines.";
        single(family(Gauge, "oserver_blocked_threads", help), self.blocked);
        let help = "Lines and records that were not written, because stderr did not take them.";
        single(family(Counter, "oserver_log_dropped_total", help), crate::record::sink::dropped());
        let help = "How many such threads there may be.";
        single(family(Gauge, "oserver_blocked_threads_limit", help), self.limit);

        let routes = Rows { label: "route", rows: &self.routes, name: |route| &route.route };
        let help = "Answers, by the first digit of their status.";
        routes.each(teller, &family(Counter, "oserver_requests_total", help), "status", |route| {
            ["1xx", "2xx", "3xx", "4xx", "5xx"].into_iter().zip(route.statuses).collect()
        });
        let help = "Requests that wait for their answer.";
        let in_flight = family(Gauge, "oserver_requests_in_flight", help);
        routes.one(teller, &in_flight, |route| route.in_flight);
        let help = "Requests whose client went away before the answer.";
        let cancelled = family(Counter, "oserver_requests_cancelled_total", help);
        routes.one(teller, &cancelled, |route| route.cancelled);
        let help = "What went wrong, by kind, as in the records.";
        routes.each(teller, &family(Counter, "oserver_faults_total", help), "kind", |route| {
            vec![
                ("panic", route.panics),
                ("timeout", route.timeouts),
                ("error", route.errors),
                ("blocked", route.blocked),
                ("refused", route.refused),
                ("stalled-body", route.stalled_bodies),
            ]
        });
        let help = "Threads that handlers of the route hold right now past their deadlines.";
        routes.one(teller, &family(Gauge, "oserver_abandoned", help), |route| route.stuck);
        let help = "1 while the alarm of the route is raised.";
        routes.one(teller, &family(Gauge, "oserver_alarm", help), |route| route.alarm.into());
        let help = "1 while the breaker of the route is open.";
        let breaker = family(Gauge, "oserver_breaker_open", help);
        routes.one(teller, &breaker, |route| route.breaker_open.into());
        let help = "From the head of a request to the head of its answer.";
        let duration = family(Histogram, "oserver_request_duration_seconds", help);
        teller.family(&duration);
        for route in &self.routes {
            teller.latencies(&duration, &route.route, &route.latencies);
        }

        let actors = Rows { label: "actor", rows: &self.actors, name: |actor| &actor.label };
        let help = "How often actors were started anew.";
        let restarts = family(Counter, "oserver_actor_restarts_total", help);
        actors.one(teller, &restarts, |actor| actor.totals.restarts);
        let help = "Why, by kind.";
        actors.each(
            teller,
            &family(Counter, "oserver_actor_faults_total", help),
            "kind",
            |actor| ACTOR_FAULTS.into_iter().zip(actor.totals.faults).collect(),
        );
        let help = "Commands to actors, by what became of them.";
        actors.each(
            teller,
            &family(Counter, "oserver_actor_calls_total", help),
            "result",
            |actor| CALLS.into_iter().zip(actor.totals.calls).collect(),
        );
        let help = "Commands that wait in the mailboxes of actors.";
        actors.one(teller, &family(Gauge, "oserver_actor_queued", help), |actor| actor.queued);
        let help = "1 while the state of an actor is there.";
        let running = family(Gauge, "oserver_actor_running", help);
        actors.one(teller, &running, |actor| actor.running.into());
        let help = "Threads that actors hold right now past their deadlines.";
        let abandoned = family(Gauge, "oserver_actor_abandoned", help);
        actors.one(teller, &abandoned, |actor| actor.abandoned);
        let help = "1 while an actor is started anew more often than its budget allows.";
        let over_budget = family(Gauge, "oserver_actor_over_budget", help);
        actors.one(teller, &over_budget, |actor| actor.over_budget.into());
    }
}

/// Things of one kind, told apart by a label.
struct Rows<'a, R> {
    label: &'static str,
    rows: &'a [R],
    name: fn(&R) -> &str,
}

impl<R> Rows<'_, R> {
    fn one(&self, teller: &mut impl Teller, family: &Family, value: fn(&R) -> u64) {
        teller.family(family);
        for row in self.rows {
            teller.value(family, &[(self.label, (self.name)(row))], value(row));
        }
    }

    /// One value for each word of a further label.
    fn each(
        &self,
        teller: &mut impl Teller,
        family: &Family,
        label: &'static str,
        values: fn(&R) -> Vec<(&'static str, u64)>,
    ) {
        teller.family(family);
        for row in self.rows {
            for (word, value) in values(row) {
                teller.value(family, &[(self.label, (self.name)(row)), (label, word)], value);
            }
        }
    }
}
