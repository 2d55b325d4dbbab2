//! Gives each polling thread a slot, where the watchdog sees its current poll.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use crate::request::state::Call;
use crate::watchdog::monitored_task::Incarnation;
use crate::watchdog::runtime_context::RuntimeContext;
use crate::watchdog::slot::{Part, PollSubject, Role, Slot};
use crate::watchdog::{priority, worker_handoff};

thread_local! {
    static OWN: RefCell<Option<Own>> = const { RefCell::new(None) };
}

/// The registration of a thread with the runtime that it works for.
struct Own {
    id: u64,
    slot: Arc<Slot>,
    runtime: Weak<RuntimeContext>,
}

impl RuntimeContext {
    /// Returns the runtime that this thread polls for.
    pub(crate) fn of_this_thread() -> Option<Arc<Self>> {
        OWN.with_borrow(|own| own.as_ref().and_then(|own| own.runtime.upgrade()))
    }

    /// Runs one poll of `call` where the watchdog can see it. Inside of another it counts as part of
    /// that.
    pub(crate) fn monitor<R>(
        self: &Arc<Self>,
        call: &Arc<Call>,
        part: Part,
        work: impl FnOnce() -> R,
    ) -> R {
        self.monitor_as(|| PollSubject::Request(Arc::clone(call), part), work)
    }

    /// As [RuntimeContext::monitor], for an actor.
    pub(crate) fn monitor_actor<R>(
        self: &Arc<Self>,
        incarnation: &Arc<impl Incarnation + 'static>,
        work: impl FnOnce() -> R,
    ) -> R {
        self.monitor_as(
            || PollSubject::Actor(Arc::clone(incarnation) as Arc<dyn Incarnation>),
            work,
        )
    }

    fn monitor_as<R>(
        self: &Arc<Self>,
        whose: impl FnOnce() -> PollSubject,
        work: impl FnOnce() -> R,
    ) -> R {
        struct End<'a>(&'a Slot);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.end();
            }
        }
        self.register(Role::Worker);
        OWN.with_borrow(|own| {
            let begun = own.as_ref().filter(|own| own.slot.begin(whose()));
            let _end = begun.map(|own| End(&own.slot));
            if begun.is_some() {
                self.parker.notify();
            }
            work()
        })
    }

    /// Gives this thread a slot, if it has none.
    fn register(self: &Arc<Self>, role: Role) {
        OWN.with(|own| {
            if own.borrow().as_ref().is_some_and(|own| own.id == self.id) {
                return;
            }
            // Inside of a poll for another runtime's runtime that one keeps watch.
            if let Ok(mut own) = own.try_borrow_mut() {
                let has_inherited = self.has_priority && priority::is_low();
                let slot = Arc::new(Slot::new(role, priority::thread_id(), has_inherited));
                self.new_slots.lock().push(Arc::clone(&slot));
                *own = Some(Own { id: self.id, slot, runtime: Arc::downgrade(self) });
            }
        });
    }

    /// After a poll on a worker, inside of a task's poll: if the watchdog took the thread's priority
    /// away in the meantime, another thread takes its place. Returns `true` if so: the rest of this poll is slow.
    pub(crate) fn hand_off_if_lowered(&self) -> bool {
        let lowered = OWN.with_borrow(|own| own.as_ref().is_some_and(|own| own.slot.is_lowered()));
        if lowered {
            worker_handoff::hand_off(self);
        }
        lowered
    }

    pub(crate) fn own_slot(self: &Arc<Self>, role: Role) -> Arc<Slot> {
        self.register(role);
        OWN.with_borrow(|own| own.as_ref().map(|own| Arc::clone(&own.slot)))
            .expect("the thread was just registered")
    }

    pub(crate) fn take_new_slots(&self) -> std::vec::IntoIter<Arc<Slot>> {
        std::mem::take(&mut *self.new_slots.lock()).into_iter()
    }

    pub(crate) fn has_new_slots(&self) -> bool {
        !self.new_slots.lock().is_empty()
    }
}
