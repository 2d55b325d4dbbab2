//! The canary of tokio's blocking pool: one task a second. Files of `tokio::fs`, name lookups, and `spawn_blocking`
//! share its 512 threads. If none of these tasks ever ends, only this canary reports it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::fault_log::process_fault;
use crate::health::liveness::Trouble;
use crate::panic::catch::spawn_blocking;
use crate::watchdog::runtime_context::{LivenessLimits, RuntimeContext};

/// The time between two looks counts at most this much: a stop of the process is no stall of the pool.
const LONGEST_STEP: Duration = Duration::from_secs(2);

/// The task that was sent and has not come back, if there is one.
#[derive(Default)]
pub(super) struct PoolCanary {
    probe: Option<PoolProbe>,
}

struct PoolProbe {
    returned: Arc<AtomicBool>,
    away: Duration,
    looked: Instant,
}

impl PoolCanary {
    /// Checks the task that was sent, or sends another.
    pub(super) fn look(&mut self, runtime: &Arc<RuntimeContext>, limits: LivenessLimits) {
        let Some(probe) = &mut self.probe else {
            return self.probe = PoolProbe::start(runtime);
        };
        if probe.returned.load(Ordering::Acquire) {
            self.probe = None;
            if runtime.health.pool_canary.end() {
                process_fault::recovered("tokio's blocking pool runs tasks again");
            }
            return;
        }
        probe.away += probe.looked.elapsed().min(LONGEST_STEP);
        probe.looked = Instant::now();
        let away = probe.away;
        if away <= limits.live {
            return;
        }
        if runtime.health.pool_canary.begin(away) {
            process_fault::pool_is_full(Trouble::BlockingPool(away), &suspects(runtime));
        }
        if limits.exit.is_some_and(|exit| away > limits.live.saturating_add(exit)) {
            runtime.escalation.escalate(runtime, Trouble::BlockingPool(away));
        }
    }
}

impl PoolProbe {
    /// Sends a task. Returns `None` while the operating system gives the pool no thread.
    fn start(runtime: &RuntimeContext) -> Option<Self> {
        let returned = Arc::new(AtomicBool::new(false));
        let task = Arc::clone(&returned);
        spawn_blocking(&runtime.handle, move || task.store(true, Ordering::Release)).then(|| Self {
            returned,
            away: Duration::ZERO,
            looked: Instant::now(),
        })
    }
}

/// How many routes are named.
const NAMED: usize = 3;

/// Returns the routes that missed the most deadlines. A handler that waits for a task of the pool is late, and nothing
/// else is known about the code that gave the pool its tasks.
fn suspects(runtime: &RuntimeContext) -> String {
    let servers = runtime.escalation.healths();
    let mut routes: Vec<_> = servers
        .iter()
        .flat_map(|server| server.route_metrics())
        .filter(|route| route.timeouts > 0)
        .collect();
    routes.sort_by_key(|route| std::cmp::Reverse(route.timeouts));
    let named = routes.iter().take(NAMED);
    named
        .map(|route| format!("{} ({} missed deadlines)", route.route, route.timeouts))
        .collect::<Vec<_>>()
        .join(", ")
}
