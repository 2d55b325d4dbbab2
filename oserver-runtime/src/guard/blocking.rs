//! The guard around a function without `async`: it runs on a blocking thread.

use std::future::Future;
use std::panic::resume_unwind;

use axum::response::{IntoResponse, Response};
use tokio::task::spawn_blocking;
use tracing::Span;

use super::run::{Run, run};
use crate::isolation::bulkhead::Bulkhead;
use crate::isolation::catch::{Caught, catch};
use crate::meta::HandlerMeta;
use crate::problem;
use crate::record::fault::Stage;
use crate::request::current;

/// Runs `body` on tokio's blocking pool, under the same guard as an async handler. Called by
/// generated code.
///
/// A thread cannot be stopped: at the deadline the client gets its 504, and the function runs on
/// to its end unheard.
#[doc(hidden)]
pub fn run_blocking<T>(
    meta: &'static HandlerMeta,
    body: impl FnOnce() -> T + Send + 'static,
) -> Run<impl Future<Output = Response> + Send>
where
    T: IntoResponse,
{
    run(meta, async move {
        let surroundings = current::get().zip(Bulkhead::of_this_thread());
        let span = Span::current();
        let work = move || match surroundings {
            // Caught over there, where the panic hook took its notes.
            Some((call, bulkhead)) => bulkhead.attend_blocking(&call, || {
                catch(&call, Stage::Handler, || span.in_scope(|| body().into_response()))
                    .unwrap_or_else(|Caught| problem::internal_error(Some(&call)).map(Into::into))
            }),
            None => span.in_scope(|| body().into_response()),
        };
        match spawn_blocking(work).await {
            Ok(response) => response,
            Err(failed) => match failed.try_into_panic() {
                Ok(payload) => resume_unwind(payload),
                Err(_) => problem::shutting_down(None).map(Into::into),
            },
        }
    })
}
