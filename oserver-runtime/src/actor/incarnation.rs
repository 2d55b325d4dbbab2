//! One incarnation of an actor, as its waker and the watchdog see it.

use std::sync::Arc;
use std::task::Wake;
use std::time::Instant;

use crate::actor::cell::{ActorCell, ActorIncarnation};
use crate::actor::poll_task;
use crate::actor::traits::Command;
use crate::health::actors::ActorEntry;
use crate::health::liveness::{BlockedThread, RuntimeHealth};
use crate::watchdog::blocked_thread::BlockedPoll;
use crate::watchdog::monitored_task::{Incarnation, MonitoredTask, WatchLevel};

impl<C: Command> Wake for ActorIncarnation<C> {
    fn wake(self: Arc<Self>) {
        self.cell.mailbox.wake(self.number);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.cell.mailbox.wake(self.number);
    }
}

impl<C: Command> Incarnation for ActorIncarnation<C> {
    fn entry(&self) -> &Arc<ActorEntry> {
        &self.cell.entry
    }

    fn takes_its_time(&self) {
        self.cell.mailbox.wake_answered(self.number);
    }

    fn is_overdue(&self, now: Instant, first_seen: Instant) -> bool {
        self.cell.mailbox.is_overdue(self.number, now, first_seen)
    }

    fn abandon(
        &self,
        now: Instant,
        health: &RuntimeHealth,
        thread: &BlockedPoll,
    ) -> Option<Arc<BlockedThread>> {
        let cell = &self.cell;
        let remains = cell.mailbox.abandon(self.number, now, thread.since)?;
        let message = "the actor holds its thread past the deadline, and is replaced";
        let blocked = thread.abandon_to_actor(&cell.entry, remains.command, message, health);
        let (incarnation, poll_task) = (remains.incarnation, remains.poll_task);
        // The command that blocks its thread may have been the actor's last one.
        remains.fail();
        if cell.mailbox.is_done() {
            cell.monitored_drop(cell.end(None)).run_elsewhere();
        } else {
            cell.restart(incarnation);
            poll_task::start(cell, poll_task);
        }
        Some(blocked)
    }
}

impl<C: Command> MonitoredTask for ActorCell<C> {
    fn inspect(self: Arc<Self>) -> WatchLevel {
        if let Some(poll_task) = self.mailbox.rescue() {
            poll_task::start(&self, poll_task);
        }
        self.mailbox.watch_level()
    }

    fn expire(&self, now: Instant) -> Option<Instant> {
        self.mailbox.expire(now)
    }

    fn watch_level(&self) -> WatchLevel {
        self.mailbox.watch_level()
    }

    fn begin_stop(&self) {
        self.mailbox.close();
    }

    fn has_ended(&self) -> bool {
        self.mailbox.has_ended()
    }
}
