//! Everything of a server at one moment, as JSON: the content of `/status.json` and of the page.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::clock;
use crate::clock::lived::lived;
use crate::fault_log::recent::{self, RecentFault};
use crate::health::actors::ActorEntry;
use crate::health::last_timeout::LateRequest;
use crate::health::liveness::{BlockedThread, ThreadHolder};
use crate::health::readiness::{ServerHealth, Stage};
use crate::health::route_table::RouteEntry;
use oserver_tracer::Later;

impl ServerHealth {
    /// Returns everything at this moment. Times are in seconds, latencies in milliseconds.
    pub(crate) fn status(&self) -> Value {
        let not_ready = self.reasons_not_ready();
        let now = clock::now();
        let seconds = |since: Instant| rounded(lived().saturating_duration_since(since));
        let faults: Vec<_> = recent::of_server(self.server).into_iter().map(fault).collect();
        let alarms: Vec<_> = self
            .alarms()
            .map(|(entry, at)| {
                let raised = Duration::from_nanos(now.saturating_sub(at));
                let route = entry.label();
                let last =
                    faults.iter().find(|fault| fault.get("route") == Some(&route[..].into()));
                json!({
                    "route": route,
                    "seconds": rounded(raised),
                    "reason": entry.alarm.reason(self.rule),
                    "last": last.map(|fault| {
                        let fields = ["fault", "message", "location", "request_id", "seconds"];
                        let of = |field: &str| (field.to_owned(), fault[field].clone());
                        Value::Object(fields.map(of).into_iter().collect())
                    }),
                })
            })
            .collect();
        let blocked = self.runtime.blocked();
        let blocked: Vec<_> =
            blocked.iter().map(|thread| self.blocked(thread, seconds(thread.since))).collect();
        json!({
            "stage": match self.stage() {
                Stage::Starting => "starting",
                Stage::Serving => "serving",
                Stage::Stopping => "stopping",
            },
            "live": self.trouble().is_none(),
            "trouble": self.trouble().map(|trouble| trouble.to_string()),
            "ready": not_ready.is_empty(),
            "not_ready": not_ready,
            "process": std::process::id(),
            "version": env!("CARGO_PKG_VERSION"),
            "uptime_seconds": rounded(self.started.elapsed()),
            "connections": self.routes.connections.load(Ordering::Relaxed),
            "blocked_threads": blocked.len(),
            "blocked_threads_budget": self.runtime.budget.limit(),
            "alarms": alarms,
            "blocked": blocked,
            "faults": faults,
            "actors": self.runtime.actors.entries().iter().map(|entry| actor(entry)).collect::<Vec<_>>(),
            "routes": self.routes.entries().map(route).collect::<Vec<_>>(),
        })
    }

    fn blocked(&self, thread: &BlockedThread, seconds: f64) -> Value {
        let mut shown = json!({
            "seconds": seconds,
            "activity": activity(thread),
            "stack": thread.stack.get().and_then(|stack| text(stack)),
        });
        match &thread.holder {
            ThreadHolder::Actor(name) => shown["actor"] = (&**name).into(),
            ThreadHolder::Request { server, route, id, method, path } => {
                shown["route"] = (&**route).into();
                shown["request_id"] = (&**id).into();
                shown["method"] = (&**method).into();
                shown["path"] = (&**path).into();
                shown["other_server"] = (*server != self.server).into();
            }
        }
        shown
    }
}

/// Returns the record as it was written, and how often that happened.
fn fault(fault: RecentFault) -> Value {
    let mut shown = Value::Object(fault.record);
    shown["count"] = fault.count.into();
    shown["seconds"] = rounded(fault.at.elapsed()).into();
    shown
}

fn actor(entry: &ActorEntry) -> Value {
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    json!({
        "name": &entry.name,
        "running": entry.running.load(Ordering::Relaxed),
        "restarts": load(&entry.restarts),
        "panics": load(&entry.panics),
        "overruns": load(&entry.overruns),
        "failed_starts": load(&entry.failed_starts),
        "answered": load(&entry.answered),
        "restarted": load(&entry.restarted),
        "expired": load(&entry.expired),
        "refused": load(&entry.refused),
        "queued": entry.queued.load(Ordering::Relaxed),
        "stuck": entry.abandoned(),
        "over_budget": entry.is_over_budget(),
    })
}

fn route(entry: &RouteEntry) -> Value {
    let counts = entry.metrics();
    let quantile = |part| counts.latencies.quantile(part).map(milliseconds);
    json!({
        "route": counts.route,
        "requests": counts.requests,
        "in_flight": counts.in_flight,
        "statuses": counts.statuses,
        "panics": counts.panics,
        "timeouts": counts.timeouts,
        "errors": counts.errors,
        "stalled_bodies": counts.stalled_bodies,
        "cancelled": counts.cancelled,
        "refused": counts.refused,
        "blocked": counts.blocked,
        "stuck": counts.stuck,
        "alarm": counts.alarm,
        "breaker_open": counts.breaker_open,
        "cpu_seconds": (counts.cpu_time.as_secs_f64() * 1e3).round() / 1e3,
        "longest_poll_ms": milliseconds(counts.longest_poll),
        "p50_ms": quantile(0.5),
        "p99_ms": quantile(0.99),
        "max_ms": counts.latencies.max().map(milliseconds),
        "last_timeout": entry.last_timeout.get().and_then(|last| last_timeout(&last)),
    })
}

/// Returns where the last late request hung, if that is known.
fn last_timeout(last: &LateRequest) -> Option<Value> {
    let stack = last.stack.wait(Duration::ZERO)?;
    Some(json!({
        "request_id": last.request_id,
        "seconds": rounded(last.at.elapsed()),
        "location": stack.location,
        "summary": stack.summary,
        "stack": stack.text,
    }))
}

fn activity(thread: &BlockedThread) -> Option<String> {
    let now = || thread.thread.map(|id| oserver_tracer::describe(id, None));
    thread.activity.get().cloned().or_else(now)
}

fn text(stack: &Later) -> Option<String> {
    stack.wait(Duration::ZERO).map(|stack| stack.text.clone()).filter(|text| !text.is_empty())
}

/// Returns the seconds, to the tenth.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}

/// Returns the milliseconds, to the thousandth.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
}
