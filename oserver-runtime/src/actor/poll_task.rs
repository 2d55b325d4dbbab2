//! The task that has an actor polled, under admission, as a request is.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::actor::cell::{ActorCell, IncarnationPoll};
use crate::actor::traits::Command;
use crate::overflow::job::Job;
use crate::panic::deferred_drop::discard;
use crate::request::state::Call;

/// How often it waits for a place on a worker before it goes to an overflow thread.
const WAITS: u8 = 8;

/// Starts the task with this number.
pub(super) fn start<C: Command>(cell: &Arc<ActorCell<C>>, number: u64) {
    drop(cell.runtime.handle.spawn(PollTask::new(Arc::clone(cell), number)));
}

/// Polls one actor on workers, one incarnation after the other, or hands the poll to an overflow thread. If it is
/// stuck with its worker, another poll task replaces it, and this one ends when it comes back.
pub(super) struct PollTask<C: Command> {
    cell: Arc<ActorCell<C>>,
    number: u64,
    waits: u8,
}

impl<C: Command> PollTask<C> {
    pub(super) fn new(cell: Arc<ActorCell<C>>, number: u64) -> Self {
        Self { cell, number, waits: 0 }
    }

    fn attend_to(&mut self, work: IncarnationPoll<C>, context: &Context<'_>) {
        let runtime = Arc::clone(&self.cell.runtime);
        if !self.cell.entry.breaker.is_quarantined() {
            if let Some(places) = runtime.try_acquire_for_actor() {
                self.waits = 0;
                self.cell.poll(work);
                drop(places);
                runtime.hand_off_if_lowered();
                return;
            }
            if self.waits < WAITS && runtime.is_only_crowded_for_actors() {
                self.waits += 1;
                put_back(&self.cell, work);
                // This task goes to the end of the worker's queue.
                return context.waker().wake_by_ref();
            }
        }
        self.waits = 0;
        let poll = OverflowPoll { cell: Arc::clone(&self.cell), work };
        if let Err(poll) = runtime.overflow(Box::new(poll)) {
            poll.refuse();
        }
    }
}

impl<C: Command> Future for PollTask<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let next = ready!(self.cell.mailbox.take(self.number, context.waker()));
        let Some(work) = next else { return Poll::Ready(()) };
        self.attend_to(work, context);
        Poll::Pending
    }
}

/// The runtime ends, if this is still the current poll task. Handles may live longer.
impl<C: Command> Drop for PollTask<C> {
    fn drop(&mut self) {
        discard(self.cell.end(Some(self.number)));
    }
}

fn put_back<C: Command>(cell: &ActorCell<C>, work: IncarnationPoll<C>) {
    if let Some(abandoned) = cell.mailbox.put_back(work.incarnation.number, work) {
        cell.monitored_drop(abandoned).run_elsewhere();
    }
}

/// One poll of an actor on an overflow thread.
struct OverflowPoll<C: Command> {
    cell: Arc<ActorCell<C>>,
    work: IncarnationPoll<C>,
}

impl<C: Command> Job for OverflowPoll<C> {
    fn call(&self) -> Option<&Arc<Call>> {
        None
    }

    fn run(self: Box<Self>) {
        let Self { cell, work } = *self;
        cell.poll(work);
    }

    /// The queued commands wait until they expire; the watchdog tries again to poll.
    fn refuse(self: Box<Self>) {
        put_back(&self.cell, self.work);
    }
}
