//! A thread that a poll holds past its deadline: its activity, and its stack.

use std::num::NonZeroI32;
use std::sync::Arc;
use std::time::Instant;

use crate::fault_log::actor_fault;
use crate::fault_log::stack_record::StackRequest;
use crate::health::actors::ActorEntry;
use crate::health::liveness::{BlockedThread, RuntimeHealth, ThreadHolder};
use crate::watchdog::slot::Slot;
use oserver_tracer::Sample;

/// The thread of a poll that did not come back.
#[derive(Clone)]
pub(crate) struct BlockedPoll {
    pub(crate) slot: Arc<Slot>,
    /// The number of the poll.
    #[cfg_attr(
        not(feature = "stacks"),
        allow(dead_code, reason = "a tracer asks whether it goes on")
    )]
    pub(crate) poll: u64,
    /// The time at which the poll was first seen.
    pub(crate) since: Instant,
    /// The sample of the thread's CPU time when the poll was young.
    pub(crate) before: Option<Sample>,
}

impl BlockedPoll {
    /// Returns the kernel's number of the thread, on Linux.
    pub(crate) fn id(&self) -> Option<NonZeroI32> {
        self.slot.thread.kernel()
    }

    /// Returns the entry of this thread among the blocked threads.
    pub(crate) fn blocked(&self, holder: ThreadHolder) -> Arc<BlockedThread> {
        let (since, thread) = (self.since, self.id());
        let (activity, stack) = Default::default();
        Arc::new(BlockedThread { holder, since, thread, activity, stack })
    }

    /// Counts the thread as abandoned by an actor, and records that.
    pub(crate) fn abandon_to_actor(
        &self,
        actor: &ActorEntry,
        command: &str,
        message: &str,
        health: &RuntimeHealth,
    ) -> Arc<BlockedThread> {
        let blocked = self.blocked(ThreadHolder::Actor(actor.name.clone()));
        let abandoned = health.add_blocked(&blocked);
        self.record(&blocked, |activity| {
            actor_fault::blocked(actor, command, message, abandoned, activity)
        });
        blocked
    }

    /// Records the thread with `write`, which gets its activity. Reads the stack if `write` requests it.
    pub(crate) fn record(
        &self,
        blocked: &BlockedThread,
        write: impl FnOnce(&dyn Fn() -> Option<String>) -> Option<StackRequest>,
    ) {
        let stack = write(&|| {
            let activity = oserver_tracer::describe(self.id()?, self.before);
            Some(blocked.activity.get_or_init(|| activity).clone())
        });
        if let Some(stack) = &stack {
            _ = blocked.stack.set(Arc::clone(&stack.later));
        }
        self.trace(stack);
    }

    fn trace(&self, request: Option<StackRequest>) {
        #[cfg(feature = "stacks")]
        if let Some((request, id)) = request.zip(self.id()) {
            let held = self.clone();
            request.trace(id, move || held.slot.poll_number() == Some(held.poll));
        }
        #[cfg(not(feature = "stacks"))]
        drop(request);
    }
}
