//! What one runtime has so that handlers cannot take all its threads: the walls between requests.
//!
//! | file | what it does |
//! |---|---|
//! | `admission` | how many polls run on workers at a time |
//! | `passage` | a request reaches its route: may its poll stay on the worker? |
//! | `attendance` | each polling thread has a slot, where the watchdog sees its poll |
//! | `guest` | what runs behind them besides requests |
//! | `overflow` | threads for the polls that find no place there |
//! | `slot` | what each polling thread is at |
//! | `watchdog` | looks at the slots |
//! | `pace` | how long it sleeps |
//! | `sleeper` | sleeps when there is nothing to look at |
//! | `judge` | what follows when a poll is past its deadline |
//! | `priority` | CPU time and priority of a thread |
//! | `retirement` | how a worker of low priority leaves |
//! | `repair` | the end of a process that lost more |
//! | `exit` | the exit of the process, which nothing may hold up |
//! | `weaker` | which guarantee is weaker where, said once |

mod admission;
mod attendance;
pub(crate) mod exit;
pub(crate) mod guest;
mod judge;
pub(crate) mod overflow;
mod pace;
pub(crate) mod passage;
pub(crate) mod priority;
pub(crate) mod repair;
mod retirement;
mod sleeper;
pub(crate) mod slot;
mod watchdog;
mod weaker;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::thread;

use tokio::runtime::Handle;

use self::admission::Admission;
pub(crate) use self::admission::Place;
use self::guest::{GuestTimeout, Guests};
use self::overflow::{Job, Overflow, Pushed};
use self::repair::Repair;
use self::retirement::Retirements;
use self::sleeper::Sleeper;
use self::slot::{Role, Slot};
use super::canary::{self, SharedPatience};
use super::disposal::discard;
use super::telling;
use crate::health::budget::Budget;
use crate::health::runtime::RuntimeHealth;
use crate::request::call::Call;

/// All that stands between the requests of one runtime. Servers of the same runtime share it.
#[derive(Debug)]
pub(crate) struct Bulkhead {
    id: u64,
    handle: Handle,
    admission: Admission,
    /// Of those places, how many guests may have: some are left for requests.
    guest_admission: Admission,
    pub(crate) guests: Guests,
    pub(crate) timeout: GuestTimeout,
    overflow: Arc<Overflow>,
    new_slots: Mutex<Vec<Arc<Slot>>>,
    sleeper: Arc<Sleeper>,
    /// Outlives it: who asks for it may ask later.
    pub(crate) health: Arc<RuntimeHealth>,
    pub(crate) budget: Arc<Budget>,
    retirements: Retirements,
    /// Threads have a priority that can be taken away: the process was not started with the least.
    has_priority: bool,
    pub(crate) repair: Repair,
    pub(crate) patience: SharedPatience,
}

/// How many cores there are for this process; two where that cannot be known.
pub(crate) fn cores() -> usize {
    // Asking takes several system calls, on Linux.
    static CORES: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(2, usize::from));
    *CORES
}

impl Bulkhead {
    /// The bulkhead of the runtime that this is called on.
    ///
    /// # Errors
    /// When the operating system gives no thread for its watchdog.
    pub(crate) fn of_this_runtime() -> std::io::Result<Arc<Self>> {
        static ALL: Mutex<Vec<(tokio::runtime::Id, Weak<Bulkhead>)>> = Mutex::new(Vec::new());
        let handle = Handle::current();
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, bulkhead)| bulkhead.strong_count() > 0);
        let own = all.iter().find(|(id, _)| *id == handle.id());
        if let Some(bulkhead) = own.and_then(|(_, bulkhead)| bulkhead.upgrade()) {
            return Ok(bulkhead);
        }
        let bulkhead = Arc::new(Self::new(handle));
        watchdog::start(&bulkhead)?;
        canary::start(&bulkhead)?;
        telling::start(&bulkhead)?;
        all.push((bulkhead.handle.id(), Arc::downgrade(&bulkhead)));
        weaker::say(&bulkhead);
        Ok(bulkhead)
    }

    fn new(handle: Handle) -> Self {
        static BULKHEADS: AtomicU64 = AtomicU64::new(0);
        // One worker must always be free for connections. Where there is only one thread, no handler
        // runs on it.
        let places = handle.metrics().num_workers() - 1;
        let health = Arc::new(RuntimeHealth::default());
        Self {
            id: BULKHEADS.fetch_add(1, Ordering::Relaxed),
            admission: Admission::new(places),
            guest_admission: Admission::new((places.saturating_sub(1)).max(places.min(1))),
            guests: Guests::default(),
            timeout: GuestTimeout::new(),
            overflow: Arc::new(Overflow::new(cores())),
            new_slots: Mutex::default(),
            sleeper: Arc::new(Sleeper::new()),
            budget: Arc::clone(&health.budget),
            health,
            retirements: Retirements::default(),
            has_priority: !priority::is_low(),
            repair: Repair::new(),
            patience: SharedPatience::default(),
            handle,
        }
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// How many polls of one route may run on workers at a time.
    pub(crate) fn share(&self) -> u32 {
        u32::try_from(cores()).unwrap_or(u32::MAX)
    }

    /// A place for one poll on a worker, if there is one.
    pub(crate) fn try_enter(&self) -> Option<Place<'_>> {
        self.admission.try_enter()
    }

    /// Whether a place may be free in a moment.
    pub(crate) fn is_only_crowded(&self) -> bool {
        self.admission.is_only_crowded()
    }

    /// A place for one poll of a guest on a worker, if there is one.
    pub(crate) fn try_enter_as_guest(&self) -> Option<(Place<'_>, Place<'_>)> {
        let place = self.guest_admission.try_enter()?;
        Some((self.admission.try_enter()?, place))
    }

    /// Whether a place for a guest may be free in a moment.
    pub(crate) fn is_only_crowded_for_guests(&self) -> bool {
        self.is_only_crowded() && self.guest_admission.is_only_crowded()
    }

    /// The watchdog is to look at the guests.
    pub(crate) fn call_watchdog(&self) {
        self.sleeper.call();
    }

    /// The runtime that all of this is for.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.handle
    }

    /// Hands a poll to the overflow threads; it is given back when there is no room.
    ///
    /// # Errors
    /// The job, when there is no room.
    pub(crate) fn overflow(&self, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        match self.overflow.push(job) {
            Pushed::Taken => self.sleeper.call(),
            Pushed::NeedsThread => self.sleeper.rouse(),
            Pushed::Full(job) => return Err(job),
        }
        Ok(())
    }

    /// Whether a poll of the call waits for an overflow thread.
    pub(crate) fn has_waiting(&self, call: &Arc<Call>) -> bool {
        let mut found = false;
        self.overflow
            .for_each_waiting(|job| found |= job.call().is_some_and(|own| Arc::ptr_eq(own, call)));
        found
    }

    /// Wakes another worker: one that took a task after it waited for the network blocks all others.
    fn keep_driver_alive(&self) {
        drop(self.handle.spawn(async {}));
    }

    fn most_overflow_threads(&self) -> usize {
        // Beyond the budget, so that it can be exceeded, and then some for the innocent.
        self.budget.limit() + 1 + cores()
    }

    fn start_overflow_threads(self: &Arc<Self>, count: usize) {
        for _ in 0..count {
            let overflow = Arc::clone(&self.overflow);
            let handle = self.handle.clone();
            let weak = Arc::downgrade(self);
            let started = thread::Builder::new().name("oserver-overflow".into()).spawn(move || {
                let _entered = handle.enter();
                let slot = match weak.upgrade() {
                    Some(bulkhead) => bulkhead.own_slot(Role::Overflow),
                    None => return overflow.leave(),
                };
                overflow::work(&overflow, &slot);
            });
            if started.is_err() {
                self.overflow.leave();
            }
        }
    }
}

impl Drop for Bulkhead {
    fn drop(&mut self) {
        self.sleeper.rouse();
        // Whoever was the last to hold it.
        discard((self.overflow.close(), self.repair.take_callbacks()));
    }
}
