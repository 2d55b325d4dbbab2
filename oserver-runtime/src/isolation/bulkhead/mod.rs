//! What one runtime has so that handlers cannot take all its threads: the walls between requests.
//!
//! | file | what it does |
//! |---|---|
//! | `admission` | how many polls run on workers at a time |
//! | `passage` | a request reaches its route: may its poll stay on the worker? |
//! | `guest` | what runs behind them besides requests |
//! | `overflow` | threads for the polls that find no place there |
//! | `slot` | what each polling thread is at |
//! | `watchdog` | looks at the slots |
//! | `sleeper` | sleeps when there is nothing to look at |
//! | `judge` | what follows when a poll is past its deadline |
//! | `priority` | CPU time and priority of a thread |
//! | `retirement` | how a worker of low priority leaves |
//! | `repair` | the end of a process that lost more |

mod admission;
pub(crate) mod guest;
mod judge;
pub(crate) mod overflow;
pub(crate) mod passage;
pub(crate) mod priority;
pub(crate) mod repair;
mod retirement;
mod sleeper;
pub(crate) mod slot;
mod watchdog;

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::thread;

use tokio::runtime::{Handle, RuntimeFlavor};

use self::admission::Admission;
pub(crate) use self::admission::Place;
use self::guest::{GuestTimeout, Guests, Life};
use self::overflow::{Job, Overflow, Pushed};
use self::repair::Repair;
use self::retirement::Retirements;
use self::sleeper::Sleeper;
use self::slot::{Part, Role, Slot, Work};
use super::canary::{self, SharedPatience};
use crate::health::budget::Budget;
use crate::health::runtime::RuntimeHealth;
use crate::record::fault;
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

thread_local! {
    static OWN: RefCell<Option<Own>> = const { RefCell::new(None) };
}

/// What a thread has of the bulkhead that it works for.
struct Own {
    id: u64,
    slot: Arc<Slot>,
    bulkhead: Weak<Bulkhead>,
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
        all.push((bulkhead.handle.id(), Arc::downgrade(&bulkhead)));
        bulkhead.say_what_is_weaker();
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

    fn say_what_is_weaker(&self) {
        let mut weaker = Vec::new();
        let workers = self.handle.metrics().num_workers();
        if !repair::owns_process() {
            weaker.push(
                "this runtime was not built by `#[oserver::main]`: when too many threads are stuck, \
                 `serve` ends with an error, and the process ends only if `on_beyond_repair` ends it"
                    .to_owned(),
            );
            if self.handle.runtime_flavor() == RuntimeFlavor::CurrentThread || workers == 1 {
                weaker.push(
                    "it has one worker, which is for connections: each handler runs on a thread \
                     besides, which costs throughput"
                        .to_owned(),
                );
            } else if workers < 2 * cores() {
                weaker.push(format!(
                    "it has {workers} workers and not {}: more handlers run on threads besides, which \
                     costs throughput",
                    2 * cores()
                ));
            }
        }
        if !priority::SUPPORTED {
            weaker.push(
                "on this system the priority of a thread is not lowered: a handler that never stops \
                 computing takes CPU time from all others"
                    .to_owned(),
            );
        }
        if !weaker.is_empty() {
            fault::weaker_isolation(&weaker.join("; "));
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

    /// The bulkhead that this thread polls for.
    pub(crate) fn of_this_thread() -> Option<Arc<Self>> {
        OWN.with_borrow(|own| own.as_ref().and_then(|own| own.bulkhead.upgrade()))
    }

    /// Runs one poll of `call` where the watchdog can see it. Inside of another it counts as part of
    /// that.
    pub(crate) fn attend<R>(
        self: &Arc<Self>,
        call: &Arc<Call>,
        part: Part,
        work: impl FnOnce() -> R,
    ) -> R {
        self.attend_as(false, || Work::Request(Arc::clone(call), part), work)
    }

    /// As [`Bulkhead::attend`], for a handler without `async`, on a thread of tokio's blocking pool.
    pub(crate) fn attend_blocking<R>(
        self: &Arc<Self>,
        call: &Arc<Call>,
        work: impl FnOnce() -> R,
    ) -> R {
        self.attend_as(true, || Work::Request(Arc::clone(call), Part::Response), work)
    }

    /// As [`Bulkhead::attend`], for a guest.
    pub(crate) fn attend_guest<R>(
        self: &Arc<Self>,
        life: &Arc<impl Life + 'static>,
        work: impl FnOnce() -> R,
    ) -> R {
        self.attend_as(false, || Work::Guest(Arc::clone(life) as Arc<dyn Life>), work)
    }

    fn attend_as<R>(
        self: &Arc<Self>,
        is_blocking: bool,
        whose: impl FnOnce() -> Work,
        work: impl FnOnce() -> R,
    ) -> R {
        struct End<'a>(&'a Slot);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.end();
            }
        }
        self.enlist(Role::Worker);
        OWN.with_borrow(|own| {
            let begun = own.as_ref().filter(|own| own.slot.begin(whose(), is_blocking));
            let _end = begun.map(|own| End(&own.slot));
            if begun.is_some() {
                self.sleeper.call();
            }
            work()
        })
    }

    /// Gives this thread a slot, if it has none.
    fn enlist(self: &Arc<Self>, role: Role) {
        OWN.with(|own| {
            if own.borrow().as_ref().is_some_and(|own| own.id == self.id) {
                return;
            }
            // Inside of a poll for another runtime's bulkhead that one keeps watch.
            if let Ok(mut own) = own.try_borrow_mut() {
                let has_inherited = self.has_priority && priority::is_low();
                let slot = Arc::new(Slot::new(role, priority::thread_id(), has_inherited));
                self.new_slots
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Arc::clone(&slot));
                *own = Some(Own { id: self.id, slot, bulkhead: Arc::downgrade(self) });
            }
        });
    }

    /// After a poll on a worker, inside of a task's poll: if the watchdog took the thread's priority
    /// away in the meantime, another thread takes its place.
    pub(crate) fn retire_if_lowered(&self) {
        let lowered = OWN.with_borrow(|own| own.as_ref().is_some_and(|own| own.slot.is_lowered()));
        if lowered {
            retirement::retire(self);
        }
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

    fn own_slot(self: &Arc<Self>, role: Role) -> Arc<Slot> {
        self.enlist(role);
        OWN.with_borrow(|own| own.as_ref().map(|own| Arc::clone(&own.slot)))
            .expect("the thread was just enlisted")
    }

    fn take_new_slots(&self) -> std::vec::IntoIter<Arc<Slot>> {
        std::mem::take(&mut *self.new_slots.lock().unwrap_or_else(PoisonError::into_inner))
            .into_iter()
    }

    fn has_new_slots(&self) -> bool {
        !self.new_slots.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl Drop for Bulkhead {
    fn drop(&mut self) {
        self.overflow.close();
        self.sleeper.rouse();
    }
}
