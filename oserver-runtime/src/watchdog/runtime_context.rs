//! Context of one runtime, shared by its servers and actors: permits, the overflow pool, slots, health.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::admission::permits::{Permit, Permits};
use crate::clock::lived::lived;
use crate::health::liveness::RuntimeHealth;
use crate::health::thread_budget::ThreadBudget;
use crate::overflow::job::Job;
use crate::overflow::pool::{Overflow, Pushed};
use crate::panic::deferred_drop::discard;
use crate::process::cores::cores;
use crate::request::state::{Call, Overdue};
use crate::sync::Mutex;
use crate::watchdog::escalation::Escalation;
use crate::watchdog::monitored_task::{ActorTimeout, MonitoredTasks};
use crate::watchdog::parker::Parker;
use crate::watchdog::priority;
use crate::watchdog::slot::{Role, Slot};
use crate::watchdog::worker_handoff::WorkerHandoffs;

/// All that stands between the requests of one runtime. Servers of the same runtime share it.
pub(crate) struct RuntimeContext {
    pub(super) id: u64,
    pub(crate) handle: Handle,
    /// The permits of polls on workers.
    pub(crate) permits: Permits,
    /// The part of these permits that actors may have: some are left for requests.
    pub(super) actor_permits: Permits,
    pub(crate) monitored_tasks: MonitoredTasks,
    pub(crate) timeout: ActorTimeout,
    pub(super) overflow: Arc<Overflow>,
    pub(super) new_slots: Mutex<Vec<Arc<Slot>>>,
    /// Notified when the watchdog must look.
    pub(crate) parker: Arc<Parker>,
    /// Outlives the context: readers may come later.
    pub(crate) health: Arc<RuntimeHealth>,
    pub(crate) budget: Arc<ThreadBudget>,
    pub(super) worker_handoffs: WorkerHandoffs,
    /// Threads have a priority that can be taken away: the process was not started with the least.
    pub(super) has_priority: bool,
    pub(crate) escalation: Escalation,
    pub(crate) liveness_limits: SharedLivenessLimits,
}

/// How long the canary may be away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LivenessLimits {
    /// After this time the runtime is not live.
    pub(crate) live: Duration,
    /// After this further time it is unrecoverable; `None` is never.
    pub(crate) exit: Option<Duration>,
}

impl Default for LivenessLimits {
    fn default() -> Self {
        Self { live: Duration::from_secs(5), exit: Some(Duration::from_secs(10)) }
    }
}

/// The limits of a runtime: those of the server that started last.
pub(crate) type SharedLivenessLimits = Mutex<LivenessLimits>;

impl RuntimeContext {
    pub(crate) fn new(handle: Handle) -> Self {
        static CONTEXTS: AtomicU64 = AtomicU64::new(0);
        // One worker must always be free for connections. With only one thread, no handler runs on it.
        let permits = handle.metrics().num_workers() - 1;
        let health = Arc::new(RuntimeHealth::default());
        Self {
            id: CONTEXTS.fetch_add(1, Ordering::Relaxed),
            permits: Permits::new(permits),
            actor_permits: Permits::new((permits.saturating_sub(1)).max(permits.min(1))),
            monitored_tasks: MonitoredTasks::default(),
            timeout: ActorTimeout::new(),
            overflow: Arc::new(Overflow::new(cores())),
            new_slots: Mutex::default(),
            parker: Arc::new(Parker::new()),
            budget: Arc::clone(&health.budget),
            health,
            worker_handoffs: WorkerHandoffs::default(),
            has_priority: !priority::is_low(),
            escalation: Escalation::new(),
            liveness_limits: SharedLivenessLimits::default(),
            handle,
        }
    }

    /// Returns how many polls of one route may run on workers at a time.
    pub(crate) fn share(&self) -> u32 {
        u32::try_from(cores()).unwrap_or(u32::MAX)
    }

    /// Returns a permit for one poll of an actor on a worker, if there is one.
    pub(crate) fn try_acquire_for_actor(&self) -> Option<(Permit<'_>, Permit<'_>)> {
        let permit = self.actor_permits.try_acquire()?;
        Some((self.permits.try_acquire()?, permit))
    }

    /// Returns `true` if a permit for an actor may be free in a moment.
    pub(crate) fn is_only_crowded_for_actors(&self) -> bool {
        self.permits.is_only_crowded() && self.actor_permits.is_only_crowded()
    }

    /// Hands a poll to the overflow threads.
    ///
    /// # Errors
    /// The job, if the queue is full.
    pub(crate) fn overflow(&self, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        let blocks = job.blocks();
        match self.overflow.push(job, blocks) {
            Pushed::Taken => self.parker.notify(),
            Pushed::NeedsThread => self.parker.unpark(),
            Pushed::Full(job) => return Err(job),
        }
        Ok(())
    }

    /// Returns `true` if a poll of the call waits for an overflow thread.
    pub(crate) fn has_waiting(&self, call: &Arc<Call>) -> bool {
        let mut found = false;
        self.overflow
            .for_each_waiting(|job| found |= job.call().is_some_and(|own| Arc::ptr_eq(own, call)));
        found
    }

    /// Answers the clients whose calls wait for an overflow thread and will not get one in time.
    pub(super) fn answer_waiting(&self, full: bool) {
        let now = lived();
        self.overflow.for_each_waiting(|job| {
            let Some(call) = job.call() else { return };
            if full {
                call.set_overdue(Overdue::Refused);
            } else if call.deadline().is_some_and(|deadline| deadline <= now) {
                call.set_overdue(Overdue::Waited);
            }
        });
    }

    /// Wakes another worker, because a worker that waited for the network and then took a task blocks all others.
    ///
    /// Workaround for [tokio#4730](https://github.com/tokio-rs/tokio/issues/4730): a worker that parked on the I/O
    /// driver keeps the driver while it polls a task. It can go when a stable tokio hands the driver over first, as
    /// its unstable `enable_eager_driver_handoff` does.
    pub(crate) fn keep_driver_alive(&self) {
        drop(self.handle.spawn(async {}));
    }

    pub(super) fn most_overflow_threads(&self) -> usize {
        // Beyond the budget, so that it can be exceeded, and a few more for other requests.
        self.budget.limit() + 1 + cores()
    }

    /// Returns how many overflow threads one route may have at a time: some are left for others.
    pub(crate) fn thread_share(&self) -> u32 {
        let share = (self.most_overflow_threads() / 2).max(cores());
        u32::try_from(share).unwrap_or(u32::MAX)
    }

    /// # Errors
    /// When the operating system gives fewer.
    pub(super) fn start_overflow_threads(self: &Arc<Self>, count: usize) -> std::io::Result<()> {
        let mut result = Ok(());
        for _ in 0..count {
            let overflow = Arc::clone(&self.overflow);
            let handle = self.handle.clone();
            let weak = Arc::downgrade(self);
            let started = thread::Builder::new().name("oserver-overflow".into()).spawn(move || {
                let _entered = handle.enter();
                let slot = match weak.upgrade() {
                    Some(runtime) => runtime.own_slot(Role::Overflow),
                    None => return overflow.leave(),
                };
                while let Some(job) = overflow.next(Job::begin) {
                    let blocks = job.blocks();
                    job.run();
                    if blocks {
                        overflow.block_ends();
                    }
                    if slot.is_lowered() {
                        // Its priority may not be raised again; another thread takes its place.
                        return overflow.leave();
                    }
                }
            });
            if let Err(error) = started {
                self.overflow.leave();
                result = Err(error);
            }
        }
        result
    }
}

impl Drop for RuntimeContext {
    fn drop(&mut self) {
        self.parker.unpark();
        // Any thread may drop the last reference to the context.
        discard((self.overflow.close(), self.escalation.take_callbacks()));
    }
}
