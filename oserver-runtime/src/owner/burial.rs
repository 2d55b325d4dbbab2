//! The drop of what is left of an owner: a user's code as any other, which may block, and is judged so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::health::budget::Budget;
use crate::health::owners::OwnerEntry;
use crate::isolation::bulkhead::Bulkhead;
use crate::isolation::bulkhead::guest::Life;
use crate::isolation::bulkhead::overflow::Job;
use crate::isolation::catch::catch_owner;
use crate::isolation::disposal::drop_elsewhere;
use crate::record::owner_fault;
use crate::request::call::Call;
use crate::request::server::DEFAULT_TIMEOUT;

/// What is to be dropped, which may take so long.
pub(super) struct Burial<T> {
    pub(super) entry: Arc<OwnerEntry>,
    pub(super) bulkhead: Arc<Bulkhead>,
    pub(super) limit: Option<Duration>,
    pub(super) left: T,
}

impl<T: Send + 'static> Burial<T> {
    /// On this thread, which may be lost by it.
    pub(super) fn here(self) {
        let Self { entry, bulkhead, limit, left } = self;
        let until = limit.map(|limit| Instant::now() + limit);
        let rite = Arc::new(Rite { entry, until });
        bulkhead.attend_guest(&rite, || {
            // A panic in there is recorded; what was dropped is gone all the same.
            _ = catch_owner(&rite.entry, || Some("drop"), || drop(left));
        });
    }

    /// On a thread for polls that may block.
    pub(super) fn elsewhere(self) {
        let bulkhead = Arc::clone(&self.bulkhead);
        if let Err(job) = bulkhead.overflow(Box::new(self)) {
            job.refuse();
        }
    }
}

impl<T: Send + 'static> Job for Burial<T> {
    fn call(&self) -> Option<&Arc<Call>> {
        None
    }

    fn run(self: Box<Self>) {
        self.here();
    }

    /// Not watched then; but so many threads are lost already that one more says nothing.
    fn refuse(self: Box<Self>) {
        drop_elsewhere(self.left);
    }
}

/// What the watchdog sees of it, in which nothing is a user's.
#[derive(Debug)]
struct Rite {
    entry: Arc<OwnerEntry>,
    until: Option<Instant>,
}

impl Life for Rite {
    fn entry(&self) -> &Arc<OwnerEntry> {
        &self.entry
    }

    fn takes_its_time(&self) {}

    fn is_overdue(&self, now: Instant, first_seen: Instant) -> bool {
        // What may take for ever may still not hold a thread for ever.
        self.until.unwrap_or(first_seen + DEFAULT_TIMEOUT) <= now
    }

    fn condemn(&self, _: Instant, _: Instant, budget: &Budget) -> bool {
        owner_fault::blocked_drop(&self.entry, budget.abandon());
        true
    }
}
