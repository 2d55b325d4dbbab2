//! The first poll of a request, in the connection task. A handler that answers in it wakes no other task. The request
//! task makes all later polls.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::admission::decision::AdmissionDecision;
use crate::fault_log::fault::Stage;
use crate::panic::catch::catch;
use crate::request::state::Call;
use crate::request_task::future::RequestFuture;
use crate::request_task::handle::RequestTaskHandle;
use crate::request_task::response::ResponseFuture;
use crate::request_task::target::ServeTarget;
use crate::request_task::task::{Polled, Poller, RequestHandoff, poll_on_worker};
use crate::watchdog::runtime_context::RuntimeContext;

impl<A: ServeTarget> RequestTaskHandle<A> {
    /// Polls a request for the first time, in the connection task. If it is not ready, the request task continues.
    ///
    /// # Errors
    /// The request, if the task still has its last request, or has not run yet.
    pub(crate) fn poll_here(
        &self,
        work: RequestFuture<A>,
        app: &A,
        runtime: &Arc<RuntimeContext>,
    ) -> Result<ResponseFuture<A>, RequestFuture<A>> {
        let Some(waker) = self.handoff.take_place() else { return Err(work) };
        Ok(poll_in_place_of(&self.handoff, waker, work, app, runtime))
    }

    /// As [`RequestTaskHandle::poll_here`], when hyper asks for the response. The part of the request's body that came
    /// with its head is available then.
    ///
    /// # Errors
    /// As [`RequestTaskHandle::poll_here`].
    pub(crate) fn poll_soon(
        &self,
        work: RequestFuture<A>,
        app: impl FnOnce() -> Option<A>,
        runtime: &Arc<RuntimeContext>,
    ) -> Result<ResponseFuture<A>, RequestFuture<A>> {
        if self.handoff.take_place().is_none() {
            return Err(work);
        }
        let Some(app) = app() else {
            self.handoff.finish();
            return Err(work);
        };
        let call = Arc::clone(work.call());
        let (handoff, runtime) = (Arc::clone(&self.handoff), Arc::clone(runtime));
        let first = FirstPoll { to_poll: Some((work, app)), handoff, runtime };
        Ok(ResponseFuture::first(call, first))
    }
}

/// A first poll that is still to come, in place of the request task's.
pub(crate) struct FirstPoll<A: ServeTarget> {
    /// `None` after the poll.
    to_poll: Option<(RequestFuture<A>, A)>,
    handoff: Arc<RequestHandoff<A>>,
    runtime: Arc<RuntimeContext>,
}

impl<A: ServeTarget> FirstPoll<A> {
    /// Polls it, once.
    pub(super) fn poll(&mut self) -> Option<ResponseFuture<A>> {
        let (waker, (work, app)) = (self.handoff.task()?, self.to_poll.take()?);
        let call = Arc::clone(work.call());
        let response = poll_in_place_of(&self.handoff, waker, work, &app, &self.runtime);
        drop_app(&call, app);
        Some(response)
    }
}

/// Drops the app, which is user code.
fn drop_app<A>(call: &Arc<Call>, app: A) {
    _ = catch(call, Stage::Drop, || drop(app));
}

impl<A: ServeTarget> Drop for FirstPoll<A> {
    fn drop(&mut self) {
        if let Some((work, app)) = self.to_poll.take() {
            self.handoff.finish();
            drop_app(work.call(), app);
        }
    }
}

fn poll_in_place_of<A: ServeTarget>(
    handoff: &Arc<RequestHandoff<A>>,
    waker: &Waker,
    mut work: RequestFuture<A>,
    app: &A,
    runtime: &Arc<RuntimeContext>,
) -> ResponseFuture<A> {
    let call = Arc::clone(work.call());
    let polled = poll_in_connection(&mut work, &call, app, runtime, waker);
    if is_answered(polled) {
        handoff.finish();
        return ResponseFuture::here(work, runtime.hand_off_if_lowered());
    }
    Poller { app, handoff, runtime }.go_on(polled, work, &call, waker);
    runtime.hand_off_if_lowered();
    ResponseFuture::from_task(call, handoff)
}

/// As [`RequestTaskHandle::poll_here`], for a connection without a request task: a request that is answered at once
/// needs none. `waker` wakes the connection task.
///
/// # Errors
/// The request, if it is not ready. A new request task then polls it again.
pub(crate) fn poll_without_task<A: ServeTarget>(
    mut work: RequestFuture<A>,
    app: &A,
    runtime: &Arc<RuntimeContext>,
    waker: &Waker,
) -> Result<ResponseFuture<A>, RequestFuture<A>> {
    let call = Arc::clone(work.call());
    let polled = poll_in_connection(&mut work, &call, app, runtime, waker);
    let is_slow = runtime.hand_off_if_lowered();
    if is_answered(polled) { Ok(ResponseFuture::here(work, is_slow)) } else { Err(work) }
}

fn poll_in_connection<A: ServeTarget>(
    work: &mut RequestFuture<A>,
    call: &Arc<Call>,
    app: &A,
    runtime: &Arc<RuntimeContext>,
    waker: &Waker,
) -> Polled {
    call.progress.in_connection.set(true);
    let polled = poll_on_worker(work, call, app, runtime, &mut Context::from_waker(waker));
    call.progress.in_connection.set(false);
    polled
}

fn is_answered(polled: Polled) -> bool {
    matches!(polled, Ok(Poll::Ready(())) | Err(AdmissionDecision::Reject))
}
