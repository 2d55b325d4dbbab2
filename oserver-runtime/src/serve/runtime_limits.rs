//! Limits that all servers of one runtime share. The server that starts last sets them. If another server runs, a
//! record names the change.

use crate::fault_log::process_fault;
use crate::watchdog::runtime_context::{LivenessLimits, RuntimeContext};

/// Sets the limits that the starting server has set.
pub(super) fn set(runtime: &RuntimeContext, threads: Option<usize>, live: Option<LivenessLimits>) {
    let mut shared = runtime.liveness_limits.lock();
    let before = describe(runtime.budget.limit(), &shared);
    if let Some(threads) = threads {
        runtime.budget.set_limit(threads);
    }
    *shared = live.unwrap_or(*shared);
    let now = describe(runtime.budget.limit(), &shared);
    if before != now && runtime.escalation.has_servers() {
        process_fault::limits_changed(&before, &now);
    }
}

fn describe(threads: usize, LivenessLimits { live, exit }: &LivenessLimits) -> String {
    let exit = exit.map_or("never".to_owned(), |limit| format!("{limit:?}"));
    format!("`max_blocked_threads` {threads}, `live_timeout` {live:?}, `exit_after` {exit}")
}
