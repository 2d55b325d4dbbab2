//! The actor's side: one command after the other.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use crate::actor::error::CallError;
use crate::actor::mailbox::{Current, Envelope, Mailbox, Phase, wake};
use crate::actor::traits::Command;
use crate::clock::TICK;
use crate::clock::lived::lived_coarse;

/// Commands after which an actor lets others have its worker.
const LONGEST_BATCH: u32 = 64;
/// The same limit as time: a caller whose reply is ready waits no longer for its wake-up.
const LONGEST_BATCH_TIME: Duration = Duration::from_micros(100);
/// The next action of an actor.
pub(in crate::actor) enum Next<C> {
    Command {
        command: C,
        until: Option<Instant>,
    },
    /// The mailbox is empty for ever.
    Stop,
    /// This incarnation was abandoned.
    Abandoned,
}

/// How much was done in this poll.
#[derive(Default)]
pub(in crate::actor) struct Batch {
    commands: u32,
    began: Option<Instant>,
}

impl Batch {
    /// Returns `true` if the batch is over before another command. A look at the clock costs a sixth of a call, so the
    /// clock is read only now and then, and early, in case that commands take long.
    fn is_over(&mut self) -> bool {
        match self.commands {
            1 => self.began = Some(Instant::now()),
            2 | 4 | 8 | 16 | 32 => {
                return self.began.is_some_and(|began| began.elapsed() >= LONGEST_BATCH_TIME);
            }
            commands => return commands >= LONGEST_BATCH,
        }
        false
    }
}

impl<C: Command, W> Mailbox<C, W> {
    /// Actor, in incarnation `incarnation`: takes the next command. `last` is the caller that it has just replied to,
    /// `limit` the timeout of a command. Pending if the mailbox is empty, or if other tasks should get the worker.
    pub(in crate::actor) fn next(
        &self,
        incarnation: u64,
        last: &mut Option<Waker>,
        batch: &mut Batch,
        limit: Option<Duration>,
    ) -> Poll<Next<C>> {
        loop {
            let mut state = self.state.lock();
            if state.incarnation != incarnation {
                drop(state);
                wake(last.take());
                return Poll::Ready(Next::Abandoned);
            }
            // The drop of an answer may be user code: not under the lock.
            let done = state.current.take();
            if state.queue.is_empty() {
                let next = match state.phase {
                    Phase::Open => Poll::Pending,
                    Phase::Draining | Phase::Ended => Poll::Ready(Next::Stop),
                };
                state.idle = true;
                drop(state);
                drop(done);
                *batch = Batch::default();
                // No code of the actor runs between this and the end of the poll.
                wake(last.take());
                return next;
            }
            if batch.is_over() {
                state.schedule();
                drop(state);
                drop(done);
                *batch = Batch::default();
                wake(last.take());
                return Poll::Pending;
            }
            let Some(envelope) = state.queue.pop_front() else { continue };
            self.entry.queued.store(state.queue.len(), Ordering::Relaxed);
            batch.commands += 1;
            let now = lived_coarse();
            if envelope.is_unwanted(now) {
                drop(state);
                drop(done);
                self.entry.expired.fetch_add(1, Ordering::Relaxed);
                envelope.answer.fail(CallError::Expired);
                continue;
            }
            state.answered.extend(last.take());
            let until = limit.map(|limit| now + limit + TICK);
            let Envelope { command, answer, deadline, in_handler } = envelope;
            let deadline = deadline.filter(|_| !in_handler);
            let (name, answer) = (command.name(), Some(answer));
            state.current = Some(Current { name, answer, deadline, until });
            drop(state);
            drop(done);
            return Poll::Ready(Next::Command { command, until });
        }
    }
}

impl<C> Envelope<C> {
    /// Returns `true` if the caller was dropped, or its time is over.
    fn is_unwanted(&self, now: Instant) -> bool {
        // References: the caller, the command and this envelope.
        self.deadline.is_some_and(|deadline| deadline <= now) || Arc::strong_count(&self.answer) < 3
    }
}
