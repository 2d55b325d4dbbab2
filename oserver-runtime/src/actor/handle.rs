//! The callers' side: a call, from its begin to its answer.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use crate::actor::cell::ActorCell;
use crate::actor::error::CallError;
use crate::actor::mailbox::Envelope;
use crate::actor::reply::{Reply, ReplySlot, Waiting};
use crate::actor::traits::{Command, Returns};
use crate::clock::TICK;
use crate::clock::lived::lived_coarse;
use crate::request::current;

/// The reference inside every handle. When the last one is dropped, the actor runs its queued commands and ends.
#[doc(hidden)]
pub struct ActorRef<C: Command>(Arc<Last<C>>);

struct Last<C: Command>(Arc<ActorCell<C>>);

impl<C: Command> Drop for Last<C> {
    fn drop(&mut self) {
        self.0.mailbox.close();
    }
}

impl<C: Command> Clone for ActorRef<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Command> ActorRef<C> {
    pub(super) fn new(cell: Arc<ActorCell<C>>) -> Self {
        Self(Arc::new(Last(cell)))
    }

    /// Sends a command at the first poll, and waits for the answer.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<T>(&self, command: impl FnOnce(Reply<T>) -> C) -> Result<T, CallError>
    where
        C: Returns<T>,
    {
        let cell = &self.0.0;
        // Taken before the command is sent, so that the reply finds a waker.
        let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
        let answer = Arc::new(ReplySlot::new(waker));
        // A caller outside of a handler, or in a handler without a deadline, waits no longer than a command may take.
        let of_command = || cell.command_limit().map(|limit| lived_coarse() + limit + TICK);
        let of_handler = current::with(|call| call.deadline()).flatten();
        cell.send(Envelope {
            command: command(Reply::new(Arc::clone(&answer))),
            answer: C::slot(Arc::clone(&answer)),
            deadline: of_handler.or_else(of_command),
            in_handler: of_handler.is_some(),
        })?;
        Waiting::new(answer).await
    }
}

impl<C: Command> std::fmt::Debug for ActorRef<C> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple(&self.0.0.entry.name).finish()
    }
}
