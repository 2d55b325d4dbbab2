//! Everything of a server at one moment, as JSON: what `/status.json` says and the page draws.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::clock;
use crate::health::actors::ActorEntry;
use crate::health::last_timeout::LateRequest;
use crate::health::liveness::BlockedThread;
use crate::health::readiness::{ServerHealth, Stage};
use crate::health::route_table::RouteEntry;
use oserver_tracer::Later;

impl ServerHealth {
    /// Everything at this moment. Times are in seconds, latencies in milliseconds.
    pub(crate) fn status(&self) -> Value {
        let not_ready = self.reasons_not_ready();
        let now = (clock::now(), Instant::now());
        let seconds = |since: Instant| rounded(now.1.saturating_duration_since(since));
        let alarms: Vec<_> = self
            .alarms()
            .map(|(entry, at)| {
                let raised = Duration::from_nanos(now.0.saturating_sub(at));
                json!({ "route": entry.label(), "seconds": rounded(raised) })
            })
            .collect();
        let blocked = self.runtime.blocked();
        let blocked: Vec<_> = blocked
            .iter()
            .filter(|thread| thread.server == self.server)
            .map(|thread| {
                json!({
                    "route": thread.route,
                    "seconds": seconds(thread.since),
                    "request_id": thread.request_id,
                    "method": thread.method,
                    "path": thread.path,
                    "activity": activity(thread),
                    "stack": thread.stack.get().and_then(|stack| text(stack)),
                })
            })
            .collect();
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
            "uptime_seconds": seconds(self.started),
            "connections": self.routes.connections.load(Ordering::Relaxed),
            "blocked_threads": self.runtime.budget.abandoned(),
            "blocked_threads_budget": self.runtime.budget.limit(),
            "alarms": alarms,
            "blocked": blocked,
            "actors": self.runtime.actors.entries().iter().map(|entry| actor(entry)).collect::<Vec<_>>(),
            "routes": self.routes.entries().map(route).collect::<Vec<_>>(),
        })
    }
}

fn actor(entry: &ActorEntry) -> Value {
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    json!({
        "name": entry.name(),
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
        "p50_ms": quantile(0.5),
        "p99_ms": quantile(0.99),
        "last_timeout": entry.last_timeout().get().and_then(|last| last_timeout(&last)),
    })
}

/// Where the last late request hung, if that is known.
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

/// Seconds, to the tenth.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}

/// To the thousandth.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
}
