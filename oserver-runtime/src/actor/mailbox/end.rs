//! How a mailbox is closed, and what becomes of what is in it.

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
    /// Nothing more is taken in.
    pub(in crate::actor) fn close(&self) {
        let mut state = self.state.lock();
        if state.phase != Phase::Open {
            return;
        }
        state.phase = Phase::Draining;
        // Also one that rests before it starts again.
        let (_, waker) = state.schedule();
        drop(state);
        wake(waker);
    }

    /// Nothing more comes.
    pub(in crate::actor) fn is_closed(&self) -> bool {
        self.state.lock().phase != Phase::Open
    }

    /// Nothing is left to be done, and nothing more comes.
    pub(in crate::actor) fn is_done(&self) -> bool {
        let state = self.state.lock();
        state.phase == Phase::Draining && state.queue.is_empty()
    }

    pub(in crate::actor) fn has_ended(&self) -> bool {
        self.state.lock().phase == Phase::Ended
    }

    /// The actor has ended, or its runtime: whatever is left is told so. `poll_task`: only if that is
    /// still the one; it has no effect otherwise, nor a second time.
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
