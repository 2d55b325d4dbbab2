//! The guard around a function without `async`: it runs on an overflow thread, as one poll.

use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::response::Response;
use oserver_state::errors::Handlers;
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::Span;

use crate::guard::body::Returns;
use crate::guard::run::{HandlerContext, Run, run_response};
use crate::request::{current, problem};
use crate::watchdog::runtime_context::RuntimeContext;

/// Runs a function on an overflow thread, under the same guard as an async handler. Called by generated code.
///
/// `luggage` is the values that go to that thread, and returns the body. The compiler thus distinguishes a parameter
/// that cannot be sent from an error in the body.
///
/// A thread cannot be stopped. At the deadline the client gets its 504, and the function runs to its end; its result
/// is dropped.
#[doc(hidden)]
#[rustfmt::skip]
pub fn run_blocking<B: FnOnce() -> T, T>(handler: impl Into<HandlerContext>, luggage: impl FnOnce() -> B + Send + 'static) -> Run<Blocking> where Handlers: Returns<T> {
    run_response(handler, Blocking::Waiting(Some(Box::new(|| Handlers::into_response(luggage()())))), std::convert::identity)
}

/// The response of a function that may block.
///
/// Its type does not mention the function. Otherwise the compiler would repeat an error in the function for each type
/// that contains it.
#[doc(hidden)]
pub enum Blocking {
    /// Waits until it is polled on a thread that may block.
    Waiting(Option<Work>),
    /// Outside of a request, as in a unit test, on tokio's blocking pool.
    Running(JoinHandle<Response>),
}

type Work = Box<dyn FnOnce() -> Response + Send>;

impl Future for Blocking {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        if let Self::Waiting(work) = &mut *self {
            match (current::get(), RuntimeContext::of_this_thread()) {
                (Some(call), Some(_)) if call.may_block() => {
                    let work = work.take().expect("no poll after a panic");
                    return Poll::Ready(work());
                }
                (Some(_), Some(_)) => {
                    // Once more on an overflow thread, of which the watchdog sees that it is blocked.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                _ => {
                    let work = work.take().expect("no poll after a panic");
                    let span = Span::current();
                    *self = Self::Running(spawn_blocking(move || span.in_scope(work)));
                }
            }
        }
        let Self::Running(running) = &mut *self else { unreachable!("it was started above") };
        Poll::Ready(match ready!(Pin::new(running).poll(context)) {
            Ok(response) => response,
            Err(failed) => match failed.try_into_panic() {
                Ok(payload) => resume_unwind(payload),
                Err(_) => problem::shutting_down(None).map(Into::into),
            },
        })
    }
}
