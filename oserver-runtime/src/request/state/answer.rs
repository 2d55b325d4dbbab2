//! Answer and end of a request: by the request task, or by the connection in its place.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::runtime::Handle;

use crate::request::state::{Call, Overdue, TimeoutCause};

impl Call {
    /// Makes the connection answer, if the request task has not; wakes it.
    pub(crate) fn set_overdue(&self, why: Overdue) {
        if self.advance_overdue(Overdue::No, why) {
            self.wake_waiter();
        }
    }

    /// Watchdog: stops the connection from sending the request task's answer. Returns `true` if an answer is still to
    /// be sent; the caller must then call [`Call::block`] soon.
    pub(crate) fn begin_block(&self) -> bool {
        self.advance_overdue(Overdue::No, Overdue::BeingRecorded)
    }

    /// Watchdog: makes the connection answer a blocked call, which is recorded by now. If the connection task itself
    /// is blocked, a task on `runtime` answers out of band.
    pub(crate) fn block(self: &Arc<Self>, runtime: &Handle) {
        self.advance_overdue(Overdue::BeingRecorded, Overdue::Blocked);
        self.wake_waiter();
        if self.progress.in_connection.get() {
            self.connection.out_of_band.answer(self, runtime);
        }
    }

    /// Returns `true` if the client gets 504, whatever the handler returns.
    pub(crate) fn has_blocked(&self) -> bool {
        use Overdue::{BeingRecorded, Blocked, ByConnection, OutOfBand};
        matches!(self.overdue(), BeingRecorded | Blocked | ByConnection | OutOfBand)
    }

    /// Decides which side answers a call that blocked its thread. Returns `false` if that was decided before.
    pub(crate) fn claim_blocked(&self, by: Overdue) -> bool {
        self.advance_overdue(Overdue::Blocked, by)
    }

    /// Connection: returns `true` if the request task's answer may be sent. If no other side has decided about the
    /// call, none can from here on.
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

    /// Makes the connection break off the response, whose body blocks its thread; wakes it.
    pub(crate) fn set_body_overdue(&self) {
        self.progress.body_overdue.set(true);
        self.wake_waiter();
    }

    /// Ends the request by a timeout. Guard, request task, connection and watchdog may all find that its time is over. The
    /// first one decides how. The result says how, and whether this call was the first, so that the end is recorded
    /// once.
    pub(crate) fn time_out(&self, how: TimeoutCause) -> (TimeoutCause, bool) {
        let timed_out = &self.progress.timed_out;
        // Zero is not at all.
        let number = how as u8 + 1;
        match timed_out.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => (how, true),
            Err(before) => (TimeoutCause::ALL[usize::from(before - 1)], false),
        }
    }

    pub(crate) fn is_timed_out(&self) -> bool {
        self.progress.timed_out.load(Ordering::Relaxed) != 0
    }

    /// Notes that the client has left. The request task drops the call at its next poll, unless the handler has
    /// `on_disconnect = "finish"`. Returns `true` if the call is dropped.
    pub(crate) fn cancel(&self) -> bool {
        let dropped = !self.progress.finish.get();
        if dropped {
            self.progress.cancelled.set(true);
        }
        dropped
    }
}
