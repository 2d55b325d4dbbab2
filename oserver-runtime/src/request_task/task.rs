//! The task that serves the requests of one connection, one after the other.
//!
//! The connection task only waits for it: whatever happens here, the connection can answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use crate::admission::decision::AdmissionDecision;
use crate::fault_log::fault::Stage;
use crate::overflow::job::Job;
use crate::panic::catch::{Caught, catch};
use crate::request::admission::{self, ThreadShare};
use crate::request::state::Call;
use crate::request_task::future::RequestFuture;
use crate::request_task::target::ServeTarget;
use crate::task::handoff::Handoff;
use crate::watchdog::runtime_context::RuntimeContext;

/// The handoff between connection, request task and overflow threads.
pub(crate) type RequestHandoff<A> = Handoff<RequestFuture<A>>;

const BREAKER_OPEN: &str = "the breaker of its route is open";
const NO_THREAD: &str = "no thread is free for it";

/// Polls the requests of the connection, or hands the poll to an overflow thread.
pub(crate) struct RequestTask<A: ServeTarget> {
    app: A,
    handoff: Arc<RequestHandoff<A>>,
    runtime: Arc<RuntimeContext>,
}

/// No field is pinned: the request is in its own box.
impl<A: ServeTarget> Unpin for RequestTask<A> {}

impl<A: ServeTarget> Future for RequestTask<A> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Once a poll: code that puts a value into the handoff wakes the task again if it must act.
        let next = ready!(self.handoff.next(context.waker()));
        let Some(work) = next else { return Poll::Ready(()) };
        self.attend_to(work, context);
        Poll::Pending
    }
}

impl<A: ServeTarget> RequestTask<A> {
    pub(crate) fn new(
        app: A,
        handoff: Arc<RequestHandoff<A>>,
        runtime: Arc<RuntimeContext>,
    ) -> Self {
        Self { app, handoff, runtime }
    }

    /// Polls the request here, if it may stay here, or hands the poll to an overflow thread.
    fn attend_to(&self, mut work: RequestFuture<A>, context: &mut Context<'_>) {
        let call = Arc::clone(work.call());
        let polled = poll_on_worker(&mut work, &call, &self.app, &self.runtime, context);
        let poller = Poller { app: &self.app, handoff: &self.handoff, runtime: &self.runtime };
        poller.go_on(polled, work, &call, context.waker());
        self.runtime.hand_off_if_lowered();
    }
}

/// The result of a poll on a worker. An error is the decision not to poll there.
pub(crate) type Polled = Result<Poll<()>, AdmissionDecision>;

/// Polls the request on this worker, if there is a permit and its route may have one more poll there.
pub(crate) fn poll_on_worker<A: ServeTarget>(
    work: &mut RequestFuture<A>,
    call: &Arc<Call>,
    app: &A,
    runtime: &Arc<RuntimeContext>,
    context: &mut Context<'_>,
) -> Polled {
    let Some(_permit) = runtime.permits.try_acquire() else {
        return Err(match runtime.permits.is_only_crowded() {
            true => AdmissionDecision::Wait,
            false => AdmissionDecision::Offload,
        });
    };
    let polled = match admission::enter_worker(call, work.is_new()) {
        AdmissionDecision::Run => work.poll(call, Some(app), runtime, context),
        decision => Err(decision),
    };
    if polled == Err(AdmissionDecision::Reject) {
        work.refuse(runtime, BREAKER_OPEN);
    }
    admission::leave_worker(call);
    polled
}

/// The poller of a handoff's work on a worker: the request task, or for the first time the connection's.
pub(crate) struct Poller<'a, A: ServeTarget> {
    pub(crate) app: &'a A,
    pub(crate) handoff: &'a Arc<RequestHandoff<A>>,
    pub(crate) runtime: &'a Arc<RuntimeContext>,
}

impl<A: ServeTarget> Poller<'_, A> {
    /// Continues after a poll on a worker, or in place of one. `waker` is the request task's.
    pub(crate) fn go_on(
        &self,
        polled: Polled,
        mut work: RequestFuture<A>,
        call: &Arc<Call>,
        waker: &Waker,
    ) {
        match polled {
            Ok(Poll::Ready(())) | Err(AdmissionDecision::Reject) => {
                answer(self.handoff, work, call);
            }
            Ok(Poll::Pending) => park(self.handoff, work, call),
            Err(AdmissionDecision::Wait) if work.may_wait() => {
                self.handoff.park(work);
                // This task goes to the end of the worker's queue.
                waker.wake_by_ref();
            }
            Err(_) => self.overflow(work, call, waker),
        }
    }

    /// Hands the work to an overflow thread.
    fn overflow(&self, mut work: RequestFuture<A>, call: &Arc<Call>, waker: &Waker) {
        let app = if work.is_new() {
            match catch(call, Stage::Service, || self.app.clone()) {
                Ok(app) => Some(app),
                Err(Caught) => {
                    work.fail();
                    return answer(self.handoff, work, call);
                }
            }
        } else {
            None
        };
        let poll = OverflowPoll {
            work,
            app,
            handoff: Arc::clone(self.handoff),
            waker: waker.clone(),
            runtime: Arc::clone(self.runtime),
            share: None,
        };
        if let Err(poll) = self.runtime.overflow(Box::new(poll)) {
            poll.refuse();
        }
    }
}

/// The connection gets the answer; if it does not want it any more, it is dropped. It has no body
/// that anybody polls: a body task ends with its reader.
fn answer<A: ServeTarget>(handoff: &RequestHandoff<A>, work: RequestFuture<A>, call: &Call) {
    if handoff.answer(work).is_none() {
        call.wake_waiter();
    }
}

/// Puts pending work back.
fn park<A: ServeTarget>(handoff: &RequestHandoff<A>, work: RequestFuture<A>, call: &Call) {
    handoff.park(work);
    if call.wait() {
        call.wake_waiter();
    }
}

/// One poll of a request on an overflow thread.
struct OverflowPoll<A: ServeTarget> {
    work: RequestFuture<A>,
    /// For a request that has not begun.
    app: Option<A>,
    handoff: Arc<RequestHandoff<A>>,
    /// The waker of the request task: it is woken wherever the request was polled.
    waker: Waker,
    runtime: Arc<RuntimeContext>,
    share: Option<ThreadShare>,
}

impl<A: ServeTarget> Job for OverflowPoll<A> {
    fn call(&self) -> Option<&Arc<Call>> {
        Some(self.work.call())
    }

    fn begin(&mut self) -> bool {
        self.share = ThreadShare::of(self.work.call(), self.runtime.thread_share());
        self.share.is_some()
    }

    fn run(self: Box<Self>) {
        let Self { mut work, app, handoff, waker, runtime, share: _share } = *self;
        let call = Arc::clone(work.call());
        let mut context = Context::from_waker(&waker);
        match work.poll(&call, app.as_ref(), &runtime, &mut context) {
            Ok(Poll::Ready(())) => answer(&handoff, work, &call),
            Err(AdmissionDecision::Reject) => {
                work.refuse(&runtime, BREAKER_OPEN);
                answer(&handoff, work, &call);
            }
            // The request cannot move any further.
            Ok(Poll::Pending) | Err(_) => park(&handoff, work, &call),
        }
        if app.is_some() {
            // The drop is user code.
            _ = catch(&call, Stage::Drop, || drop(app));
        }
    }

    fn refuse(self: Box<Self>) {
        let Self { mut work, handoff, runtime, .. } = *self;
        let call = Arc::clone(work.call());
        work.refuse(&runtime, NO_THREAD);
        answer(&handoff, work, &call);
    }
}
