//! The future around a handler's body.
//!
//! In a server it is one layer between the request task and the body: the task has the timer, and this has the
//! handler's name, limits and span. In a plain call, as in a unit test, it keeps the same promises with its own timer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::response::Response;
use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tracing::Span;

use crate::fault_log::fault::Stage;
use crate::guard::guarded::Guarded;
use crate::guard::span::{self, Fields};
use crate::meta::HandlerMeta;
use crate::panic::catch::{Caught, catch_entered, catch_unrecorded};
use crate::request::state::{Call, Limits};
use crate::request::{current, problem};
use crate::request_task::timeout_response;

/// Returns the guard around a body, together with the conversion of the body's result to a response.
pub(super) fn run_response<F: Future>(
    handler: impl Into<HandlerContext>,
    body: F,
    into_response: fn(F::Output) -> Response,
) -> Run<F> {
    Run { body: Some(body), into_response, handler: handler.into() }
}

/// Records the values of `fields(..)`, while the parameters are still there. Called by generated code,
/// in the first poll.
#[doc(hidden)]
pub fn record_fields(
    meta: &'static HandlerMeta,
    record: impl FnOnce(&Fields<'_>),
) -> HandlerContext {
    let mut handler = HandlerContext::from(meta);
    handler.init();
    let span = &handler.span;
    if !span.is_disabled() {
        let record = || record(&Fields(span));
        handler.panicked = match &handler.host {
            Host::Request(call, _) => catch_entered(call, Stage::Handler, record).is_err(),
            _ => catch_unrecorded(record).is_err(),
        };
    }
    handler
}

/// Returns a value of the declared return type, in a statement that never runs. It gives the compiler the type that
/// the body must return.
#[doc(hidden)]
pub fn never<T>() -> T {
    unreachable!("stands behind `if false`")
}

pin_project! {
    /// A handler's body under the guard.
    #[doc(hidden)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Run<F: Future> {
        // `None` when the body was dropped at its deadline, or has panicked.
        #[pin]
        body: Option<F>,
        // Not a bound of `poll`, because a return type that is no response would then cause two errors.
        into_response: fn(F::Output) -> Response,
        handler: HandlerContext,
    }

    impl<F: Future> PinnedDrop for Run<F> {
        fn drop(this: Pin<&mut Self>) {
            // Dropped in the midst of it, as by a `select!` of a handler around it.
            this.project().handler.host.leave();
        }
    }
}

/// The context of a run before its body.
#[doc(hidden)]
pub struct HandlerContext {
    meta: &'static HandlerMeta,
    span: Span,
    host: Host,
    /// A value of `fields(..)` did: the body is not reached.
    panicked: bool,
    /// The body was polled.
    has_begun: bool,
}

impl From<&'static HandlerMeta> for HandlerContext {
    fn from(meta: &'static HandlerMeta) -> Self {
        Self { meta, span: Span::none(), host: Host::Unknown, panicked: false, has_begun: false }
    }
}

/// The host that enforces the deadline, found out at the first poll.
enum Host {
    Unknown,
    /// A request task.
    Request(Arc<Call>, Limits),
    /// No server: a call as a plain function.
    Alone(Option<Pin<Box<Sleep>>>),
}

impl Host {
    /// Ends the handler's own limits.
    fn leave(&mut self) {
        if let Self::Request(call, limits) = self {
            call.leave_handler(limits);
            *self = Self::Unknown;
        }
    }
}

impl<F: Future> Future for Run<F> {
    type Output = Guarded;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Guarded> {
        let this = self.as_mut().project();
        let handler = this.handler;
        if let Host::Unknown = handler.host {
            handler.init();
        }
        let span = handler.span.enter();
        let mut body = this.body;
        let into_response = *this.into_response;
        let panicked = handler.panicked;
        let response = match &handler.host {
            Host::Request(call, limits) => {
                let response = if call.is_over(limits) {
                    let look = |context: &mut Context<'_>| {
                        let poll = || drop(poll_body(body.as_mut(), into_response, context));
                        _ = catch_entered(call, Stage::Handler, poll);
                    };
                    // One that has not begun must not begin now.
                    let can_look = handler.has_begun;
                    let response = timeout_response::time_out(call, can_look, context, look);
                    let response = response.map(Into::into);
                    _ = catch_entered(call, Stage::Drop, || body.set(None));
                    call.extend_for_middleware(limits);
                    response
                } else {
                    handler.has_begun = true;
                    let poll = || poll_body(body.as_mut(), into_response, context);
                    let polled = match panicked {
                        true => Err(Caught),
                        false => catch_entered(call, Stage::Handler, poll),
                    };
                    match polled {
                        // The client has its answer: middleware and spans get the same status.
                        Ok(Poll::Ready(late)) if call.has_blocked() => {
                            _ = catch_entered(call, Stage::Drop, || drop(late));
                            problem::timeout(Some(call)).map(Into::into)
                        }
                        Ok(polled) => ready!(polled),
                        Err(Caught) => {
                            _ = catch_entered(call, Stage::Drop, || body.set(None));
                            problem::internal_error(Some(call)).map(Into::into)
                        }
                    }
                };
                drop(span);
                handler.host.leave();
                response
            }
            _ => {
                let poll = || poll_body(body.as_mut(), into_response, context);
                match if panicked { Err(Caught) } else { catch_unrecorded(poll) } {
                    Ok(Poll::Ready(response)) => response,
                    Err(Caught) => problem::internal_error(None).map(Into::into),
                    Ok(Poll::Pending) => {
                        drop(span);
                        ready!(handler.poll_own_timer(context));
                        problem::timeout(None).map(Into::into)
                    }
                }
            }
        };
        Poll::Ready(Guarded::new(response))
    }
}

fn poll_body<F: Future>(
    body: Pin<&mut Option<F>>,
    into_response: fn(F::Output) -> Response,
    context: &mut Context<'_>,
) -> Poll<Response> {
    let body = body.as_pin_mut().expect("no poll after the response");
    body.poll(context).map(into_response)
}

impl HandlerContext {
    fn init(&mut self) {
        let call = current::get();
        let limits = call.as_ref().map(|call| call.enter_handler(self.meta));
        self.span = span::of(self.meta, call.as_deref());
        self.host = match call.zip(limits) {
            Some((call, limits)) => Host::Request(call, limits),
            None => Host::Alone(None),
        };
    }

    /// Ready when the handler's own time is over, counted from its first poll.
    fn poll_own_timer(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let limit = self.meta.timeout.and_then(crate::meta::Timeout::limit);
        match (&mut self.host, limit) {
            (Host::Alone(timer), Some(limit)) if tokio::runtime::Handle::try_current().is_ok() => {
                let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
                timer.as_mut().poll(context)
            }
            // There is no limit, or no runtime that could keep it.
            _ => Poll::Pending,
        }
    }
}
