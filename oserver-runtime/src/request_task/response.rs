//! The response that a connection waits for, wherever it comes from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::fault_log::fault;
use crate::request::problem;
use crate::request::state::{Call, Overdue};
use crate::request::stream_progress;
use crate::request_task::complete::{complete, leaves_body};
use crate::request_task::first_poll::FirstPoll;
use crate::request_task::future::{Answer, RequestFuture};
use crate::request_task::target::ServeTarget;
use crate::request_task::task::RequestHandoff;
use crate::request_task::timeout_response;
use crate::response_body::outgoing::ResponseBody;

/// Resolves to the response of a request. Dropped before that, it cancels the request.
pub(crate) struct ResponseFuture<A: ServeTarget> {
    source: Source<A>,
    /// `None` when answered.
    call: Option<Arc<Call>>,
}

enum Source<A: ServeTarget> {
    Task(Arc<RequestHandoff<A>>),
    /// Polled when hyper asks for it.
    First(Box<FirstPoll<A>>),
    /// The connection task answered it at its first poll.
    Here {
        work: Option<RequestFuture<A>>,
        /// The poll took so long that the thread lost its priority: another thread sends the answer.
        is_slow: bool,
    },
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
    /// Returns the response that the request task of `handoff` will give.
    pub(crate) fn from_task(call: Arc<Call>, handoff: &Arc<RequestHandoff<A>>) -> Self {
        Self { source: Source::Task(Arc::clone(handoff)), call: Some(call) }
    }

    pub(super) fn first(call: Arc<Call>, first: FirstPoll<A>) -> Self {
        Self { source: Source::First(Box::new(first)), call: Some(call) }
    }

    /// Returns the response of a request that the connection task answered at its first poll. `is_slow` if the poll
    /// took so long that the thread lost its priority.
    pub(crate) fn here(work: RequestFuture<A>, is_slow: bool) -> Self {
        let call = Some(Arc::clone(work.call()));
        Self { source: Source::Here { work: Some(work), is_slow }, call }
    }

    /// Returns the response of a request that the app does not get to see.
    pub(crate) fn known(call: Arc<Call>, answer: http::Response<Bytes>) -> Self {
        let answer = answer.map(ResponseBody::whole);
        Self { source: Source::Known(Some(Box::new(answer))), call: Some(call) }
    }

    fn poll_answer(&mut self, context: &mut Context<'_>) -> Poll<Result<Answer, ClientGone>> {
        if let Source::First(first) = &mut self.source
            && let Some(mut polled) = first.poll()
        {
            std::mem::swap(&mut self.source, &mut polled.source);
            // From now on this future answers the call, or cancels it.
            polled.call = None;
        }
        let call = self.call.as_ref().expect("no poll after the response");
        call.set_waiter(context.waker());
        let connection = &call.connection;
        match self.source.take(call, context) {
            Taken::Answer(mut answer) => {
                connection.watch(false);
                let is_last = call.server.is_draining() || leaves_body(answer.status());
                complete(call, &mut answer, is_last);
                self.call = None;
                return Poll::Ready(Ok(answer));
            }
            Taken::OutOfBand => {
                self.call = None;
                return Poll::Ready(Err(ClientGone));
            }
            Taken::Nothing => {}
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

/// The state of a source, for the connection.
enum Taken {
    Answer(Answer),
    Nothing,
    /// Another task answers, and ends the connection.
    OutOfBand,
}

impl<A: ServeTarget> Source<A> {
    fn take(&mut self, call: &Call, context: &Context<'_>) -> Taken {
        let (answered, handoff) = match self {
            Self::Known(answer) => {
                return answer.take().map_or(Taken::Nothing, |answer| Taken::Answer(*answer));
            }
            Self::Here { is_slow: slow @ true, .. } => {
                *slow = false;
                context.waker().wake_by_ref();
                return Taken::Nothing;
            }
            Self::Here { work, .. } => (work.take(), None),
            Self::First(_) => return Taken::Nothing,
            Self::Task(handoff) => (handoff.take_answered(), Some(handoff)),
        };
        if let Some(work) = answered
            && call.may_answer()
        {
            return Taken::Answer(work.into_answer());
        }
        let overdue = call.overdue();
        if matches!(overdue, Overdue::No | Overdue::BeingRecorded) {
            return Taken::Nothing;
        }
        // In this order: the task looks for the flag when it is woken.
        call.progress.cancelled.set(true);
        if let Some(work) = handoff.and_then(|handoff| handoff.cancel())
            && call.may_answer()
        {
            // The answer came just in time.
            return Taken::Answer(work.into_answer());
        }
        let is_blocked = matches!(overdue, Overdue::Blocked | Overdue::OutOfBand);
        if is_blocked && !call.claim_blocked(Overdue::ByConnection) {
            return Taken::OutOfBand;
        }
        let answer = if overdue == Overdue::Refused {
            fault::refused(call, "no thread is free for it");
            problem::overloaded(Some(call))
        } else {
            timeout_response::pass(call)
        };
        Taken::Answer(answer.map(ResponseBody::whole))
    }
}

/// The client left before its response. This error ends the connection without a message.
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
            call.connection.request_was_reset();
            call.connection.request_ends();
            // In this order: the task looks for the flag when it is woken.
            let cancelled = call.cancel();
            call.leave_in_flight();
            let counters = &call.route().counters;
            let counter = if cancelled { &counters.cancelled } else { &counters.unseen };
            counter.fetch_add(1, Ordering::Relaxed);
            if let Source::Task(handoff) = &self.source {
                drop(handoff.cancel());
            }
        }
    }
}
