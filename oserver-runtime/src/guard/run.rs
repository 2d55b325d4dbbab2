//! The future around a handler's body.
//!
//! Inside of a server it is one layer between the request task and the body: the task has the
//! timer, this has the handler's name, its limits and its span. Outside of one, as in a unit test,
//! it keeps the same promises with a timer of its own.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::response::{IntoResponse, Response};
use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tracing::Span;

use super::guarded::Guarded;
use crate::isolation::catch::catch_entered;
use crate::isolation::deadline;
use crate::meta::HandlerMeta;
use crate::problem;
use crate::record::fault::Stage;
use crate::request::call::{Call, Limits};
use crate::request::current;

/// Puts the guard around a handler's body. Called by generated code.
#[doc(hidden)]
pub fn run<F>(meta: &'static HandlerMeta, body: F) -> Run<F>
where
    F: Future<Output: IntoResponse> + Send,
{
    run_unchecked(meta, body)
}

/// As [`run`], where it depends on type parameters whether the body is `Send`.
#[doc(hidden)]
pub fn run_unchecked<F>(meta: &'static HandlerMeta, body: F) -> Run<F>
where
    F: Future<Output: IntoResponse>,
{
    let into_response = F::Output::into_response;
    Run {
        body: Some(body),
        into_response,
        meta,
        span: Span::none(),
        surroundings: Surroundings::Unknown,
    }
}

/// A value of the declared return type, in a statement that never runs: it tells the compiler what
/// the body is to yield.
#[doc(hidden)]
pub fn never<T>() -> T {
    unreachable!("stands behind `if false`")
}

pin_project! {
    /// A handler's body under the guard.
    #[doc(hidden)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Run<F: Future> {
        // `None` when it was given up, or has panicked.
        #[pin]
        body: Option<F>,
        // Not a bound of `poll`: a return type that is no response would then be two errors.
        into_response: fn(F::Output) -> Response,
        meta: &'static HandlerMeta,
        span: Span,
        surroundings: Surroundings,
    }

    impl<F: Future> PinnedDrop for Run<F> {
        fn drop(this: Pin<&mut Self>) {
            // Dropped in the midst of it, as by a `select!` of a handler around it.
            this.project().surroundings.leave();
        }
    }
}

/// Who keeps the time. Found out at the first poll.
enum Surroundings {
    Unknown,
    /// A request task.
    Request(Arc<Call>, Limits),
    /// Nobody: a call as a plain function.
    Alone(Option<Pin<Box<Sleep>>>),
}

impl Surroundings {
    /// The handler's own limits hold no more.
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
        if let Surroundings::Unknown = self.surroundings {
            self.as_mut().look_around();
        }
        let this = self.as_mut().project();
        let span = this.span.enter();
        let mut body = this.body;
        let into_response = *this.into_response;
        let response = match this.surroundings {
            Surroundings::Request(call, limits) => {
                let response = if call.is_over(limits) {
                    let response = deadline::give_up(call).map(Into::into);
                    _ = catch_entered(call, Stage::Drop, || body.set(None));
                    call.extend_for_middleware(limits);
                    response
                } else {
                    let polled = catch_entered(call, Stage::Handler, || {
                        poll_body(body.as_mut(), into_response, context)
                    });
                    match polled {
                        Ok(polled) => ready!(polled),
                        Err(_) => {
                            _ = catch_entered(call, Stage::Drop, || body.set(None));
                            problem::internal_error(Some(call)).map(Into::into)
                        }
                    }
                };
                this.surroundings.leave();
                response
            }
            // Outside of a server the panic was printed by whatever hook there is.
            _ => match catch_unwind(AssertUnwindSafe(|| {
                poll_body(body.as_mut(), into_response, context)
            })) {
                Ok(Poll::Ready(response)) => response,
                Err(payload) => {
                    // What it carried may panic when it is dropped; then it is leaked.
                    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                        std::mem::forget(next);
                    }
                    problem::internal_error(None).map(Into::into)
                }
                Ok(Poll::Pending) => {
                    drop(span);
                    ready!(self.poll_own_timer(context));
                    problem::timeout(None).map(Into::into)
                }
            },
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

impl<F: Future> Run<F> {
    fn look_around(self: Pin<&mut Self>) {
        let this = self.project();
        let call = current::get();
        let limits = call.as_ref().map(|call| call.enter_handler(this.meta));
        *this.span = span(this.meta, call.as_deref());
        *this.surroundings = match call.zip(limits) {
            Some((call, limits)) => Surroundings::Request(call, limits),
            None => Surroundings::Alone(None),
        };
    }

    /// Ready when the handler's own time is over, counted from its first poll.
    fn poll_own_timer(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let limit = this.meta.timeout.and_then(crate::meta::Timeout::limit);
        match (this.surroundings, limit) {
            (Surroundings::Alone(timer), Some(limit))
                if tokio::runtime::Handle::try_current().is_ok() =>
            {
                let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
                timer.as_mut().poll(context)
            }
            // Without a limit, or without a runtime that could keep it.
            _ => Poll::Pending,
        }
    }
}

fn span(meta: &'static HandlerMeta, call: Option<&Call>) -> Span {
    // The cheap question first: without a subscriber nothing is formatted.
    if tracing::level_filters::LevelFilter::current() < tracing::level_filters::LevelFilter::INFO {
        return Span::none();
    }
    let span = tracing::info_span!(
        target: "oserver",
        "handler",
        handler = meta.name,
        module = meta.module,
        request_id = tracing::field::Empty,
        connection_id = tracing::field::Empty,
        route = tracing::field::Empty,
        method = tracing::field::Empty,
        path = tracing::field::Empty,
    );
    if let Some(call) = call {
        span.record("request_id", tracing::field::display(&call.id));
        span.record("connection_id", call.connection.id.get());
        span.record("route", call.route().label());
        span.record("method", call.head.method().as_str());
        span.record("path", call.head.path());
    }
    span
}
