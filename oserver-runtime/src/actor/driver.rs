//! The task that has an actor polled, under admission, as a request is.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::keeper::{Keeper, Work};
use super::mailbox::Taken;
use super::traits::Command;
use crate::isolation::bulkhead::overflow::Job;
use crate::isolation::disposal::discard;
use crate::request::call::Call;

/// How often it waits for a place on a worker before it goes to an overflow thread.
const WAITS: u8 = 8;

/// Polls one actor on workers, one life after the other, or has it polled elsewhere. When it is stuck
/// with its worker another one takes its place, and this one ends when it comes back.
pub(super) struct Driver<C: Command> {
    keeper: Arc<Keeper<C>>,
    number: u64,
    waits: u8,
}

impl<C: Command> Driver<C> {
    pub(super) fn new(keeper: Arc<Keeper<C>>, number: u64) -> Self {
        Self { keeper, number, waits: 0 }
    }

    fn attend_to(&mut self, work: Work<C>, context: &Context<'_>) {
        let bulkhead = Arc::clone(&self.keeper.bulkhead);
        if !self.keeper.entry.conduct().is_quarantined() {
            if let Some(places) = bulkhead.try_enter_as_guest() {
                self.waits = 0;
                self.keeper.poll(work);
                drop(places);
                return bulkhead.retire_if_lowered();
            }
            if self.waits < WAITS && bulkhead.is_only_crowded_for_guests() {
                self.waits += 1;
                put_back(&self.keeper, work);
                // At the end of the queue.
                return context.waker().wake_by_ref();
            }
        }
        self.waits = 0;
        let poll = OverflowPoll { keeper: Arc::clone(&self.keeper), work };
        if let Err(poll) = bulkhead.overflow(Box::new(poll)) {
            poll.refuse();
        }
    }
}

impl<C: Command> Future for Driver<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.keeper.mailbox.take(self.number, context.waker()) {
            Taken::Work(work) => self.attend_to(work, context),
            Taken::Nothing => {}
            Taken::End => return Poll::Ready(()),
        }
        Poll::Pending
    }
}

/// Its runtime ends, if it is still the one: handles may live on.
impl<C: Command> Drop for Driver<C> {
    fn drop(&mut self) {
        discard(self.keeper.end(Some(self.number)));
    }
}

fn put_back<C: Command>(keeper: &Keeper<C>, work: Work<C>) {
    if let Some(given_up) = keeper.mailbox.put_back(work.life().number, work) {
        keeper.burial(given_up).elsewhere();
    }
}

/// One poll of an actor on an overflow thread.
struct OverflowPoll<C: Command> {
    keeper: Arc<Keeper<C>>,
    work: Work<C>,
}

impl<C: Command> Job for OverflowPoll<C> {
    fn call(&self) -> Option<&Arc<Call>> {
        None
    }

    fn run(self: Box<Self>) {
        let Self { keeper, work } = *self;
        keeper.poll(work);
    }

    /// Its callers' commands wait on, until they expire: the watchdog has it tried again.
    fn refuse(self: Box<Self>) {
        put_back(&self.keeper, self.work);
    }
}
