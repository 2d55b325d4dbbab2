//! Decides whether a server is live and ready: by the results of handlers, and by the state of the runtime.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Instant;

use crate::clock;
use crate::health::alarm::AlarmRule;
use crate::health::callbacks::{Alarm, Observer};
use crate::health::liveness::{RuntimeHealth, Trouble};
use crate::health::route_table::{RouteEntry, RouteTable};
use crate::metrics::route_metrics::RouteMetrics;
use crate::metrics::snapshot::Snapshot;

/// The condition of one server.
#[derive(Debug)]
pub(crate) struct ServerHealth {
    /// The id of the server, unique in the process.
    pub(crate) server: u64,
    pub(crate) routes: Arc<RouteTable>,
    pub(crate) runtime: Arc<RuntimeHealth>,
    pub(crate) rule: AlarmRule,
    pub(crate) observer: Observer,
    pub(crate) started: Instant,
    stage: AtomicU8,
}

/// The stage of a server's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Stage {
    Starting,
    Serving,
    Stopping,
}

impl ServerHealth {
    pub(crate) fn new(
        routes: Arc<RouteTable>,
        runtime: Arc<RuntimeHealth>,
        rule: AlarmRule,
        observer: Observer,
    ) -> Self {
        static SERVERS: AtomicU64 = AtomicU64::new(0);
        let server = SERVERS.fetch_add(1, Ordering::Relaxed);
        let stage = AtomicU8::new(Stage::Starting as u8);
        Self { server, routes, runtime, rule, observer, started: Instant::now(), stage }
    }

    /// Creates the health of a server that no request can reach.
    pub(crate) fn of_nobody() -> Self {
        let rule = AlarmRule::default();
        Self::new(Arc::default(), Arc::default(), rule, Observer::default())
    }

    pub(crate) fn enter(&self, stage: Stage) {
        self.stage.fetch_max(stage as u8, Ordering::Relaxed);
    }

    pub(crate) fn stage(&self) -> Stage {
        const ALL: [Stage; 3] = [Stage::Starting, Stage::Serving, Stage::Stopping];
        ALL[usize::from(self.stage.load(Ordering::Relaxed))]
    }

    pub(crate) fn route_metrics(&self) -> Vec<RouteMetrics> {
        self.routes.entries().map(RouteEntry::metrics).collect()
    }

    /// Returns why the process should be restarted; `None` while it is live.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.runtime.trouble()
    }

    /// Returns why the server should get no requests; empty while it is ready.
    pub(crate) fn reasons_not_ready(&self) -> Vec<String> {
        let stage = match self.stage() {
            Stage::Starting => Some("the server is starting".to_owned()),
            Stage::Serving => None,
            Stage::Stopping => Some("the server is stopping".to_owned()),
        };
        let trouble = self.trouble().or_else(|| self.runtime.pool_trouble());
        let trouble = trouble.map(|trouble| trouble.to_string());
        let alarms = self.alarms().map(|(entry, _)| format!("alarm: {}", entry.label()));
        stage.into_iter().chain(trouble).chain(alarms).collect()
    }

    /// Returns the routes whose alarm is raised, and the time of that, by [`clock`].
    pub(crate) fn alarms(&self) -> impl Iterator<Item = (&RouteEntry, u64)> {
        let entries = self.routes.entries();
        entries.filter_map(|entry| entry.alarm.raised_at().map(|at| (entry, at)))
    }

    /// Counts a failed request of the route. Returns the reason if that raised the alarm.
    pub(crate) fn fault(&self, entry: &RouteEntry) -> Option<String> {
        let raised = entry.alarm.fault(self.rule, clock::now());
        raised.then(|| self.notify(entry, true, entry.alarm.reason(self.rule)))
    }

    /// Counts an abandoned thread of the route. Returns the reason if that raised the alarm.
    pub(crate) fn abandoned(&self, entry: &RouteEntry) -> Option<String> {
        let raised = entry.alarm.thread_abandoned(clock::now());
        raised.then(|| self.notify(entry, true, entry.alarm.reason(self.rule)))
    }

    /// Counts a successful request of the route. Returns the reason if that cleared the alarm.
    pub(crate) fn success(&self, entry: &RouteEntry) -> Option<String> {
        // The common case costs one look.
        entry.alarm.raised_at()?;
        let cleared = entry.alarm.success(self.rule, clock::now());
        cleared.then(|| self.notify(entry, false, "a request of the route succeeded".to_owned()))
    }

    /// Returns the metrics of the servers of one runtime until now, taken together.
    pub(crate) fn snapshot(servers: &[&Self], log_dropped: u64) -> Snapshot {
        let mut routes = BTreeMap::<String, RouteMetrics>::new();
        for counts in servers.iter().flat_map(|server| server.route_metrics()) {
            match routes.get_mut(&counts.route) {
                Some(sum) => sum.add(&counts),
                None => _ = routes.insert(counts.route.clone(), counts),
            }
        }
        let connections =
            |server: &&ServerHealth| server.routes.connections.load(Ordering::Relaxed);
        // The budget belongs to the runtime, which is the same for all servers.
        let budget = servers.first().map(|server| &server.runtime.budget);
        Snapshot {
            live: servers.iter().all(|server| server.trouble().is_none()),
            ready: servers.iter().all(|server| server.reasons_not_ready().is_empty()),
            connections: servers.iter().map(connections).sum::<usize>() as u64,
            blocked: budget.map_or(0, |budget| budget.abandoned() as u64),
            limit: budget.map_or(0, |budget| budget.limit() as u64),
            log_dropped,
            routes: routes.into_values().collect(),
            actors: servers
                .first()
                .map(|server| server.runtime.actors.metrics())
                .unwrap_or_default(),
        }
    }

    fn notify(&self, entry: &RouteEntry, raised: bool, reason: String) -> String {
        let route = entry.label();
        self.observer.alarm(Alarm { route, raised, reason: reason.clone(), missed: 0 });
        reason
    }
}
