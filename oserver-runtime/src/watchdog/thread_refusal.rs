//! The case that the operating system refuses overflow threads (`ulimit -u`, systemd's `TasksMax`, a cgroup's
//! `pids.max`). It is recorded. When all existing threads are abandoned, requests that need a thread are refused at
//! once, and the process is not live. The process then exits as it does above the budget.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::fault_log::process_fault;
use crate::health::liveness::Trouble;
use crate::watchdog::runtime_context::{LivenessLimits, RuntimeContext};

/// How long after a refusal the operating system is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct ThreadRefusal {
    /// The operating system has refused a thread; the time at which it is asked again.
    next_try: Option<Instant>,
    /// Since when no thread is left.
    none_since: Option<Instant>,
}

impl ThreadRefusal {
    /// Returns the maximum number of threads, given the number that the budget allows.
    pub(super) fn most(&self, budget: usize, now: Instant) -> usize {
        if self.next_try.is_none_or(|next| next <= now) { budget } else { 0 }
    }

    /// Starts threads that are counted in already.
    pub(super) fn start(&mut self, runtime: &Arc<RuntimeContext>, count: usize, now: Instant) {
        if count == 0 {
            return;
        }
        self.next_try = runtime.start_overflow_threads(count).err().map(|error| {
            process_fault::no_thread(&error, runtime.overflow.threads());
            now + ASK_AGAIN
        });
    }

    /// Returns `true` if no thread is left, because all of them are abandoned.
    pub(super) fn none_is_left(
        &mut self,
        runtime: &Arc<RuntimeContext>,
        abandoned: usize,
        now: Instant,
    ) -> bool {
        let none = self.next_try.is_some() && abandoned >= runtime.overflow.threads();
        if !none {
            self.none_since = None;
            runtime.health.set_threads_refused(None);
            return false;
        }
        let away = now.saturating_duration_since(*self.none_since.get_or_insert(now));
        let limits = *runtime.liveness_limits.lock();
        let LivenessLimits { live, exit } = limits;
        if away > live {
            runtime.health.set_threads_refused(Some(abandoned));
            if exit.is_some_and(|exit| away > live.saturating_add(exit)) {
                runtime.escalation.escalate(runtime, Trouble::NoThread { blocked: abandoned });
            }
        }
        true
    }
}
