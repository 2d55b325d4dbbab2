//! Each thread that polls has a slot, where the watchdog sees what it is at.

use std::cell::RefCell;
use std::sync::{Arc, PoisonError, Weak};

use super::guest::Life;
use super::slot::{Part, Role, Slot, Work};
use super::{Bulkhead, priority, retirement};
use crate::request::call::Call;

thread_local! {
    static OWN: RefCell<Option<Own>> = const { RefCell::new(None) };
}

/// What a thread has of the bulkhead that it works for.
struct Own {
    id: u64,
    slot: Arc<Slot>,
    bulkhead: Weak<Bulkhead>,
}

impl Bulkhead {
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

    pub(super) fn own_slot(self: &Arc<Self>, role: Role) -> Arc<Slot> {
        self.enlist(role);
        OWN.with_borrow(|own| own.as_ref().map(|own| Arc::clone(&own.slot)))
            .expect("the thread was just enlisted")
    }

    pub(super) fn take_new_slots(&self) -> std::vec::IntoIter<Arc<Slot>> {
        std::mem::take(&mut *self.new_slots.lock().unwrap_or_else(PoisonError::into_inner))
            .into_iter()
    }

    pub(super) fn has_new_slots(&self) -> bool {
        !self.new_slots.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}
