//! One life of an actor, as those see it who wake it and who judge it.

use std::sync::Arc;
use std::task::Wake;
use std::time::Instant;

use super::keeper::Keeper;
use super::traits::Command;
use crate::health::actors::ActorEntry;
use crate::health::budget::Budget;
use crate::isolation::bulkhead::guest;
use crate::record::actor_fault;

/// One life of an actor.
pub(super) struct Life<C: Command> {
    pub(super) keeper: Arc<Keeper<C>>,
    pub(super) number: u64,
}

impl<C: Command> Wake for Life<C> {
    fn wake(self: Arc<Self>) {
        self.keeper.mailbox.wake(self.number);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.keeper.mailbox.wake(self.number);
    }
}

impl<C: Command> guest::Life for Life<C> {
    fn entry(&self) -> &Arc<ActorEntry> {
        &self.keeper.entry
    }

    fn takes_its_time(&self) {
        self.keeper.mailbox.wake_answered(self.number);
    }

    fn is_overdue(&self, now: Instant, first_seen: Instant) -> bool {
        self.keeper.mailbox.is_overdue(self.number, now, first_seen)
    }

    fn condemn(&self, now: Instant, first_seen: Instant, budget: &Budget) -> bool {
        let keeper = &self.keeper;
        let Some(remains) = keeper.mailbox.condemn(self.number, now, first_seen) else {
            return false;
        };
        actor_fault::blocked(&keeper.entry, Some(remains.command), budget.abandon());
        let (life, driver) = (remains.life, remains.driver);
        // What it holds its thread for may have been its last doing.
        remains.tell();
        if keeper.mailbox.is_done() {
            keeper.burial(keeper.end(None)).elsewhere();
            return true;
        }
        keeper.restart(life);
        keeper.start_driver(driver);
        true
    }
}

impl<C: Command> std::fmt::Debug for Life<C> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Life").field("number", &self.number).finish_non_exhaustive()
    }
}
