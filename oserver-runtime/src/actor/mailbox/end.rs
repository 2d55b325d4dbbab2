//! Closes a mailbox, and hands out its contents.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::task::Waker;

use crate::actor::error::CallError;
use crate::actor::mailbox::{Current, Envelope, Mailbox, Phase, Place, State, wake};

/// The contents of a mailbox at its end: user values, to be dropped where a drop may block.
pub(in crate::actor) struct Left<C, W> {
    _place: Place<W>,
    current: Option<Current>,
    queue: VecDeque<Envelope<C>>,
}

impl<C, W> Left<C, W> {
    fn of(state: &mut State<C, W>) -> Self {
        let _place = std::mem::replace(&mut state.place, Place::Absent);
        let (current, queue) = (state.current.take(), std::mem::take(&mut state.queue));
        Self { _place, current, queue }
    }
}

impl<C, W> Mailbox<C, W> {
    /// Closes the mailbox: it accepts no further command.
    pub(in crate::actor) fn close(&self) {
        let mut state = self.state.lock();
        if state.phase != Phase::Open {
            return;
        }
        state.phase = Phase::Draining;
        // This also wakes an actor that waits for its restart delay.
        let (_, waker) = state.schedule();
        drop(state);
        wake(waker);
    }

    /// Returns `true` if the mailbox accepts no further command.
    pub(in crate::actor) fn is_closed(&self) -> bool {
        self.state.lock().phase != Phase::Open
    }

    /// Returns `true` if the mailbox is closed and empty, and no command runs.
    pub(in crate::actor) fn is_done(&self) -> bool {
        let state = self.state.lock();
        state.phase == Phase::Draining && state.queue.is_empty()
    }

    pub(in crate::actor) fn has_ended(&self) -> bool {
        self.state.lock().phase == Phase::Ended
    }

    /// Ends the actor, or its runtime, and fails all calls that are left. With `poll_task` it does so only if that is
    /// still the current poll task. A second call has no effect.
    #[must_use]
    pub(in crate::actor) fn end(&self, poll_task: Option<u64>) -> Option<Left<C, W>> {
        let mut state = self.state.lock();
        if state.phase == Phase::Ended
            || poll_task.is_some_and(|poll_task| poll_task != state.poll_task)
        {
            return None;
        }
        state.phase = Phase::Ended;
        state.incarnation += 1;
        let left = Left::of(&mut state);
        let answered = std::mem::take(&mut state.answered);
        let waker = state.waker.take();
        self.entry.queued.store(0, Ordering::Relaxed);
        drop(state);
        if let Some(answer) = left.current.as_ref().and_then(|current| current.answer.as_ref()) {
            answer.fail(CallError::Stopped);
        }
        for envelope in &left.queue {
            envelope.answer.fail(CallError::Stopped);
        }
        answered.into_iter().for_each(Waker::wake);
        wake(waker);
        Some(left)
    }
}
