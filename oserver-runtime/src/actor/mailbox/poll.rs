//! The poller's side: the actor's future is taken, polled, and put back.

use std::sync::atomic::Ordering;
use std::task::{Poll, Waker};
use std::time::Instant;

use crate::actor::error::CallError;
use crate::actor::mailbox::{Current, FIRST_RESCUE, Mailbox, Phase, Place, wake};

impl<C, W> Mailbox<C, W> {
    /// Cell: puts the future of the current incarnation here to be polled. Returns the future, to be dropped, if
    /// another incarnation has begun.
    pub(in crate::actor) fn begin(&self, incarnation: u64, work: W) -> Option<W> {
        let mut state = self.state.lock();
        if state.incarnation != incarnation || state.phase == Phase::Ended {
            return Some(work);
        }
        state.place = Place::Scheduled(work);
        state.idle = false;
        let waker = state.waker.clone();
        drop(state);
        wake(waker);
        None
    }

    /// Poll task `poll_task`: takes the future to poll; `None` if there will never be one. `waker` wakes this task.
    pub(in crate::actor) fn take(&self, poll_task: u64, waker: &Waker) -> Poll<Option<W>> {
        let mut state = self.state.lock();
        if state.poll_task != poll_task || state.phase == Phase::Ended {
            return Poll::Ready(None);
        }
        if state.waker.is_none() {
            state.waker = Some(waker.clone());
        }
        match std::mem::replace(&mut state.place, Place::Away { woken: false }) {
            Place::Scheduled(work) => {
                state.unseen = 0;
                state.next_rescue = FIRST_RESCUE;
                state.idle = false;
                Poll::Ready(Some(work))
            }
            other => {
                state.place = other;
                Poll::Pending
            }
        }
    }

    /// Poll task: puts the future back, because it cannot be polled now.
    pub(in crate::actor) fn put_back(&self, incarnation: u64, work: W) -> Option<W> {
        let Some(mut state) = self.state_of(incarnation) else { return Some(work) };
        state.place = Place::Scheduled(work);
        None
    }

    /// Poll: puts a pending future back, and wakes the callers that have their reply. Returns the future, to be
    /// dropped, if its incarnation is over.
    pub(in crate::actor) fn park(&self, incarnation: u64, work: W) -> Option<W> {
        let Some(mut state) = self.state_of(incarnation) else { return Some(work) };
        let woken = matches!(state.place, Place::Away { woken: true });
        state.place = if woken { Place::Scheduled(work) } else { Place::Parked(work) };
        let waker = if woken { state.waker.clone() } else { None };
        let answered = std::mem::take(&mut state.answered);
        drop(state);
        answered.into_iter().for_each(Waker::wake);
        wake(waker);
        None
    }

    /// Poll: ends the incarnation and its current command. The drop of its state follows.
    pub(in crate::actor) fn end_incarnation(&self, incarnation: u64, until: Option<Instant>) {
        let Some(mut state) = self.state_of(incarnation) else { return };
        let drop_of_it = Current { name: "drop", answer: None, deadline: None, until };
        let current = state.current.replace(drop_of_it);
        let answered = std::mem::take(&mut state.answered);
        drop(state);
        if let Some(answer) = current.and_then(|current| current.answer) {
            self.entry.restarted.fetch_add(1, Ordering::Relaxed);
            answer.fail(CallError::Restarted);
        }
        answered.into_iter().for_each(Waker::wake);
    }

    /// Cell: ends incarnation `incarnation`. Returns the number of the next one.
    pub(in crate::actor) fn next_incarnation(&self, incarnation: u64) -> Option<u64> {
        let mut state = self.state.lock();
        if state.incarnation != incarnation || state.phase == Phase::Ended {
            return None;
        }
        state.incarnation += 1;
        state.place = Place::Absent;
        let current = state.current.take();
        let next = state.incarnation;
        drop(state);
        drop(current);
        Some(next)
    }
}
