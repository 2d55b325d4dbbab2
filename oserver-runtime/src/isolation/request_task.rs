//! Serves the requests of one connection, one after the other, in a task of its own.
//!
//! The connection task only waits for it: whatever happens in here, the connection can answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::bulkhead::Bulkhead;
use super::bulkhead::overflow::Job;
use super::bulkhead::passage::{self, Passage};
use super::catch::{Caught, catch};
use super::exchange::{Exchange, Next};
use super::work::{Outcome, ServeTarget, Work};
use crate::record::fault::Stage;
use crate::request::call::Call;

/// What connection, request task and overflow threads have in common.
pub(super) type Line<A> = Exchange<Work<A>>;

const BREAKER_OPEN: &str = "the breaker of its route is open";
const NO_THREAD: &str = "no thread is free for it";

/// Polls what the connection brings, or has it polled.
pub(super) struct RequestTask<A: ServeTarget> {
    app: A,
    line: Arc<Line<A>>,
    bulkhead: Arc<Bulkhead>,
}

/// Nothing in here is pinned: the work is in a box of its own.
impl<A: ServeTarget> Unpin for RequestTask<A> {}

impl<A: ServeTarget> Future for RequestTask<A> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Once a poll: whoever puts something into the line wakes the task again where it has to act.
        match self.line.next(context.waker()) {
            Next::Work(work) => self.attend_to(work, context),
            Next::Nothing => {}
            Next::End => return Poll::Ready(()),
        }
        Poll::Pending
    }
}

impl<A: ServeTarget> RequestTask<A> {
    pub(super) fn new(app: A, line: Arc<Line<A>>, bulkhead: Arc<Bulkhead>) -> Self {
        Self { app, line, bulkhead }
    }

    /// Polls the work here, if it may stay here, or has it polled elsewhere.
    fn attend_to(&self, mut work: Work<A>, context: &mut Context<'_>) {
        let call = Arc::clone(work.call());
        let Some(place) = self.bulkhead.try_enter() else {
            let outcome = match self.bulkhead.is_only_crowded() {
                true => Outcome::Wait,
                false => Outcome::Move,
            };
            return self.go_on(outcome, work, &call, context.waker());
        };
        let outcome = match passage::enter_worker(&call, work.is_new()) {
            Passage::Open => work.poll(&call, Some(&self.app), &self.bulkhead, context),
            Passage::Crowded => Outcome::Wait,
            Passage::Move => Outcome::Move,
            Passage::Refuse => Outcome::Refuse,
        };
        if outcome == Outcome::Refuse {
            work.refuse(&self.bulkhead, BREAKER_OPEN);
        }
        passage::leave_worker(&call);
        drop(place);
        self.go_on(outcome, work, &call, context.waker());
        self.bulkhead.retire_if_lowered();
    }

    /// What comes after a poll on a worker, or in place of one.
    fn go_on(&self, outcome: Outcome, mut work: Work<A>, call: &Arc<Call>, waker: &Waker) {
        match outcome {
            Outcome::Answered | Outcome::Refuse => answer(&self.line, work, call),
            Outcome::Pending => park(&self.line, work, call),
            Outcome::Wait if work.may_wait() => {
                self.line.park(work);
                // At the end of the queue.
                waker.wake_by_ref();
            }
            Outcome::Wait | Outcome::Move => self.overflow(work, call, waker),
        }
    }

    /// Has the work polled by an overflow thread.
    fn overflow(&self, mut work: Work<A>, call: &Arc<Call>, waker: &Waker) {
        let app = if work.is_new() {
            match catch(call, Stage::Service, || self.app.clone()) {
                Ok(app) => Some(app),
                Err(Caught) => {
                    work.fail();
                    return answer(&self.line, work, call);
                }
            }
        } else {
            None
        };
        let poll = OverflowPoll {
            work,
            app,
            line: Arc::clone(&self.line),
            waker: waker.clone(),
            bulkhead: Arc::clone(&self.bulkhead),
        };
        if let Err(poll) = self.bulkhead.overflow(Box::new(poll)) {
            poll.refuse();
        }
    }
}

/// The connection gets the answer; if it does not want it any more, it is dropped. It has no body
/// that anybody polls: a body task ends with its reader.
fn answer<A: ServeTarget>(line: &Line<A>, work: Work<A>, call: &Call) {
    if line.answer(work).is_none() {
        call.wake_waiter();
    }
}

/// The work waits for something.
fn park<A: ServeTarget>(line: &Line<A>, work: Work<A>, call: &Call) {
    line.park(work);
    if call.wait() {
        call.wake_waiter();
    }
}

/// One poll of a request on an overflow thread.
struct OverflowPoll<A: ServeTarget> {
    work: Work<A>,
    /// For work that has not begun.
    app: Option<A>,
    line: Arc<Line<A>>,
    /// The request task's: what the work waits for wakes the task, wherever it was polled.
    waker: Waker,
    bulkhead: Arc<Bulkhead>,
}

impl<A: ServeTarget> Job for OverflowPoll<A> {
    fn call(&self) -> Option<&Arc<Call>> {
        Some(self.work.call())
    }

    fn run(self: Box<Self>) {
        let Self { mut work, app, line, waker, bulkhead } = *self;
        let call = Arc::clone(work.call());
        let mut context = Context::from_waker(&waker);
        match work.poll(&call, app.as_ref(), &bulkhead, &mut context) {
            Outcome::Answered => answer(&line, work, &call),
            Outcome::Refuse => {
                work.refuse(&bulkhead, BREAKER_OPEN);
                answer(&line, work, &call);
            }
            // It cannot be moved any further.
            Outcome::Pending | Outcome::Wait | Outcome::Move => park(&line, work, &call),
        }
        if app.is_some() {
            // Its drop is the user's code.
            _ = catch(&call, Stage::Drop, || drop(app));
        }
    }

    fn refuse(self: Box<Self>) {
        let Self { mut work, line, bulkhead, .. } = *self;
        let call = Arc::clone(work.call());
        work.refuse(&bulkhead, NO_THREAD);
        answer(&line, work, &call);
    }
}
