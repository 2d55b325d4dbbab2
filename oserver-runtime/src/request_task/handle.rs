//! The connection's side of its request task.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Method, StatusCode};

use crate::fault_log::{alarm, fault};
use crate::request::grpc;
use crate::request::problem;
use crate::request::state::{Call, Overdue};
use crate::request::stream_progress;
use crate::request_id::REQUEST_ID;
use crate::request_task::future::{Answer, RequestFuture};
use crate::request_task::target::ServeTarget;
use crate::request_task::task::{RequestHandoff, RequestTask};
use crate::request_task::timeout_response;
use crate::response_body::outgoing::ResponseBody;
use crate::watchdog::runtime_context::RuntimeContext;

/// A connection's request task, as long as the connection wants it. Dropped, the task ends when it
/// is done with what it has.
pub(crate) struct RequestTaskHandle<A: ServeTarget> {
    handoff: Arc<RequestHandoff<A>>,
}

impl<A: ServeTarget> RequestTaskHandle<A> {
    /// Starts a request task with its first request. It needs the runtime that the connection is
    /// polled on.
    pub(crate) fn start(
        app: A,
        work: RequestFuture<A>,
        runtime: &Arc<RuntimeContext>,
    ) -> (Self, ResponseFuture<A>) {
        let call = Arc::clone(work.call());
        let handle = Self { handoff: Arc::new(RequestHandoff::with(work)) };
        tokio::spawn(RequestTask::new(app, Arc::clone(&handle.handoff), Arc::clone(runtime)));
        let response = handle.response(call);
        (handle, response)
    }

    /// Gives a request to the task.
    ///
    /// # Errors
    /// The request, when the task is not done with its last. That needs no waiting for: the task keeps
    /// its handle, and the next request gets a handle of its own.
    pub(crate) fn send(
        &self,
        work: RequestFuture<A>,
    ) -> Result<ResponseFuture<A>, RequestFuture<A>> {
        let call = Arc::clone(work.call());
        self.handoff.submit(work)?;
        Ok(self.response(call))
    }

    fn response(&self, call: Arc<Call>) -> ResponseFuture<A> {
        ResponseFuture { source: Source::Task(Arc::clone(&self.handoff)), call: Some(call) }
    }
}

impl<A: ServeTarget> Drop for RequestTaskHandle<A> {
    fn drop(&mut self) {
        self.handoff.close();
    }
}

/// The response of a request that the app does not get to see.
pub(crate) fn answered<A: ServeTarget>(
    call: Arc<Call>,
    answer: http::Response<Bytes>,
) -> ResponseFuture<A> {
    let answer = answer.map(ResponseBody::whole);
    ResponseFuture { source: Source::Known(Some(Box::new(answer))), call: Some(call) }
}

/// With this answer the client need not send the rest of its request's body.
fn leaves_body(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE)
}

/// With this answer the connection becomes one of something else.
fn is_upgrade(call: &Call, status: StatusCode) -> bool {
    status == StatusCode::SWITCHING_PROTOCOLS
        || (*call.head.method() == Method::CONNECT
            && status.is_success()
            && !call.connection.is_multiplexed())
}

/// Resolves to the response of a request. Dropped before that, it cancels the request.
pub(crate) struct ResponseFuture<A: ServeTarget> {
    source: Source<A>,
    /// `None` when answered.
    call: Option<Arc<Call>>,
}

enum Source<A: ServeTarget> {
    Task(Arc<RequestHandoff<A>>),
    Known(Option<Box<Answer>>),
}

impl<A: ServeTarget> Future for ResponseFuture<A> {
    type Output = Result<Answer, ClientGone>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.poll_answer(context);
        stream_progress::was_asked(&polled);
        polled
    }
}

impl<A: ServeTarget> ResponseFuture<A> {
    fn poll_answer(&mut self, context: &mut Context<'_>) -> Poll<Result<Answer, ClientGone>> {
        let call = self.call.as_ref().expect("no poll after the response");
        call.set_waiter(context.waker());
        let connection = &call.connection;
        if let Some(mut answer) = self.source.take_answer(call) {
            connection.watch(false);
            call.route().counters().answered(answer.status().as_u16(), call.elapsed());
            call.leave_in_flight();
            let well = alarm::answered(call, answer.status());
            grpc::translate(call, &mut answer, ResponseBody::empty());
            answer.headers_mut().insert(REQUEST_ID, call.id.header_value());
            if call.is_probe() && call.overdue() == Overdue::Answered {
                call.route().breaker().probe_was_good();
            }
            let is_last = call.server.is_draining() || leaves_body(answer.status());
            if is_last && !connection.is_multiplexed() {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            if is_upgrade(call, answer.status()) {
                connection.set_upgraded();
            }
            connection.request_was_answered();
            answer.body_mut().begin(call, well);
            self.call = None;
            return Poll::Ready(Ok(answer));
        }
        // A handler that needs no waiting is answered also to a client that closed its side right
        // after its request.
        if connection.is_gone() && call.has_waited() {
            return Poll::Ready(Err(ClientGone));
        }
        connection.watch(true);
        Poll::Pending
    }
}

impl<A: ServeTarget> Source<A> {
    fn take_answer(&mut self, call: &Call) -> Option<Answer> {
        let handoff = match self {
            Self::Known(answer) => return answer.take().map(|answer| *answer),
            Self::Task(handoff) => handoff,
        };
        if let Some(work) = handoff.take_answered()
            && call.may_answer()
        {
            return Some(work.into_answer());
        }
        let overdue = call.overdue();
        if matches!(overdue, Overdue::No | Overdue::BeingRecorded) {
            return None;
        }
        // In this order: the task looks for the word when it is woken.
        call.discard();
        if let Some(work) = handoff.give_up()
            && call.may_answer()
        {
            // It was just in time.
            return Some(work.into_answer());
        }
        let answer = if overdue == Overdue::Refused {
            fault::refused(call, "no thread is free for it");
            problem::overloaded(Some(call))
        } else {
            timeout_response::pass(call)
        };
        Some(answer.map(ResponseBody::whole))
    }
}

/// The client went away before its answer. Ends the connection; nobody is there to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientGone;

impl std::fmt::Display for ClientGone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the client has gone")
    }
}

impl std::error::Error for ClientGone {}

impl<A: ServeTarget> Drop for ResponseFuture<A> {
    fn drop(&mut self) {
        if let Some(call) = &self.call {
            call.connection.request_was_given_up();
            call.connection.request_ends();
            // In this order: the task looks for the word when it is woken.
            let cancelled = call.cancel();
            call.leave_in_flight();
            let counters = call.route().counters();
            let counter = if cancelled { &counters.cancelled } else { &counters.unseen };
            counter.fetch_add(1, Ordering::Relaxed);
            if let Source::Task(handoff) = &self.source {
                drop(handoff.give_up());
            }
        }
    }
}
