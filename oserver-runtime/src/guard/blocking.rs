//! The guard around a function without `async`: it runs on a blocking thread.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::response::{IntoResponse, Response};
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::Span;

use crate::fault_log::fault::Stage;
use crate::guard::run::{HandlerContext, Run, run};
use crate::panic::catch::{Caught, catch};
use crate::request::current;
use crate::request::problem;
use crate::watchdog::runtime_context::RuntimeContext;

/// Runs a function on tokio's blocking pool, under the same guard as an async handler. Called by
/// generated code.
///
/// `luggage` is what goes over there, and yields the body: so a parameter that may not go is not
/// mistaken for what is wrong with the body.
///
/// A thread cannot be stopped: at the deadline the client gets its 504, and the function runs on
/// to its end unheard.
#[doc(hidden)]
pub fn run_blocking<B, T>(
    handler: impl Into<HandlerContext>,
    luggage: impl FnOnce() -> B + Send + 'static,
) -> Run<Blocking>
where
    B: FnOnce() -> T,
    T: IntoResponse,
{
    run(handler, Blocking::Waiting(Some(Box::new(|| luggage()().into_response()))))
}

/// The response of a function on another thread.
///
/// Its type says nothing of the function: whatever is wrong with that one would be said again for each
/// type that has it inside.
#[doc(hidden)]
pub enum Blocking {
    /// Until it is polled: only then is it known whose request this is.
    Waiting(Option<Work>),
    Running(JoinHandle<Response>),
}

type Work = Box<dyn FnOnce() -> Response + Send>;

impl Future for Blocking {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        if let Self::Waiting(work) = &mut *self {
            let work = work.take().expect("no poll after a panic");
            *self = Self::Running(start(work));
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

fn start(work: Work) -> JoinHandle<Response> {
    let span = Span::current();
    let work = move || span.in_scope(work);
    match current::get().zip(RuntimeContext::of_this_thread()) {
        // Caught over there, where the panic hook took its notes.
        Some((call, runtime)) => spawn_blocking(move || {
            runtime.monitor_blocking(&call, || {
                catch(&call, Stage::Handler, work)
                    .unwrap_or_else(|Caught| problem::internal_error(Some(&call)).map(Into::into))
            })
        }),
        None => spawn_blocking(work),
    }
}
