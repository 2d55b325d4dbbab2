//! A thread that a poll holds past its deadline: what it does, and its stack.

use std::num::NonZeroI32;
use std::sync::Arc;

use crate::fault_log::stack_log::StackRequest;
use crate::watchdog::slot::Slot;
use oserver_tracer::Sample;

/// The thread of a poll that did not come back.
#[derive(Clone, Debug)]
pub(crate) struct HeldThread {
    pub(crate) slot: Arc<Slot>,
    /// The number of the poll.
    #[cfg_attr(
        not(feature = "stacks"),
        allow(dead_code, reason = "a tracer asks whether it goes on")
    )]
    pub(crate) poll: u64,
    /// What the thread had computed when the poll was young.
    pub(crate) before: Option<Sample>,
}

impl HeldThread {
    /// The kernel's number of the thread, on Linux.
    pub(crate) fn id(&self) -> Option<NonZeroI32> {
        self.slot.thread.kernel()
    }

    /// Describes what the thread does, on Linux.
    pub(crate) fn activity(&self) -> Option<String> {
        self.id().map(|id| oserver_tracer::describe(id, self.before))
    }

    /// Has the stack of the thread read that was asked for.
    pub(crate) fn trace(&self, request: Option<StackRequest>) {
        #[cfg(feature = "stacks")]
        if let Some((request, id)) = request.zip(self.id()) {
            let held = self.clone();
            request.trace(id, move || held.slot.poll_number() == Some(held.poll));
        }
        #[cfg(not(feature = "stacks"))]
        drop(request);
    }
}
