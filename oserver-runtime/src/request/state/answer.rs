//! Answer and end of a request: by the request task, or by the connection in its place.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::runtime::Handle;

use crate::request::state::{Call, GivenUp, Overdue};

impl Call {
    /// The connection shall answer, if the request task has not; it is woken.
    pub(crate) fn set_overdue(&self, why: Overdue) {
        if self.advance_overdue(Overdue::No, why) {
            self.wake_waiter();
        }
    }

    /// Watchdog: from here on the connection sends no answer of the request task's. Says whether there
    /// is one still to be sent; the call must then be told by [`Call::block`] soon.
    pub(crate) fn begin_block(&self) -> bool {
        self.advance_overdue(Overdue::No, Overdue::BeingRecorded)
    }

    /// Watchdog: what a blocked call did is recorded, and the connection shall answer. If it is the connection's task
    /// that is blocked, it is answered out of band, by a task on `runtime`.
    pub(crate) fn block(self: &Arc<Self>, runtime: &Handle) {
        self.advance_overdue(Overdue::BeingRecorded, Overdue::Blocked);
        self.wake_waiter();
        if self.progress.in_connection.get() {
            self.connection.out_of_band.answer(self, runtime);
        }
    }

    /// Returns `true` if the client gets 504, whatever the handler says.
    pub(crate) fn has_blocked(&self) -> bool {
        use Overdue::{BeingRecorded, Blocked, ByConnection, OutOfBand};
        matches!(self.overdue(), BeingRecorded | Blocked | ByConnection | OutOfBand)
    }

    /// Decides who answers a call that blocked its thread. Returns `false` if that was decided before.
    pub(crate) fn claim_blocked(&self, by: Overdue) -> bool {
        self.advance_overdue(Overdue::Blocked, by)
    }

    /// Connection: whether the request task's answer may be sent. If nothing else was said of the
    /// call, nothing is from here on.
    pub(crate) fn may_answer(&self) -> bool {
        self.advance_overdue(Overdue::No, Overdue::Answered)
            || matches!(self.overdue(), Overdue::Answered | Overdue::Waited | Overdue::Refused)
    }

    fn advance_overdue(&self, from: Overdue, to: Overdue) -> bool {
        let (from, to) = (from as u8, to as u8);
        let overdue = &self.progress.overdue;
        overdue.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    pub(crate) fn overdue(&self) -> Overdue {
        Overdue::ALL[usize::from(self.progress.overdue.load(Ordering::Acquire))]
    }

    /// The connection shall break off the response, whose body blocks its thread; it is woken.
    pub(crate) fn set_body_overdue(&self) {
        self.progress.body_overdue.set(true);
        self.wake_waiter();
    }

    /// The request is given up. Guard, request task, connection and watchdog may all find that it is
    /// time: the first says how, and is told that it was the first, so that it is recorded once.
    pub(crate) fn give_up(&self, how: GivenUp) -> (GivenUp, bool) {
        let given_up = &self.progress.given_up;
        // Zero is not at all.
        let number = how as u8 + 1;
        match given_up.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => (how, true),
            Err(before) => (GivenUp::ALL[usize::from(before - 1)], false),
        }
    }

    pub(crate) fn is_given_up(&self) -> bool {
        self.progress.given_up.load(Ordering::Relaxed) != 0
    }

    /// The client has gone: the request task drops the call at its next poll, unless the handler
    /// asked to be finished. Says whether it is dropped.
    pub(crate) fn cancel(&self) -> bool {
        let dropped = !self.progress.finish.get();
        if dropped {
            self.progress.cancelled.set(true);
        }
        dropped
    }
}
