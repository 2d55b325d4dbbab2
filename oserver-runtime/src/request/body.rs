//! The request's body, between the connection and the handler.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Limited;
use hyper::body::Incoming;

use crate::request::state::Call;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Notes whether the handler waits for the client: a body that stops arriving is the client's
/// fault (408), not the handler's (504).
#[derive(Debug)]
pub(crate) struct RequestBody {
    /// `None` while it is dropped.
    incoming: Option<Limited<Incoming>>,
    call: Arc<Call>,
}

/// Returns the body for the handler; an empty body costs nothing. A body larger than the server allows ends in an
/// error, which axum's extractors answer with 413.
pub(crate) fn receive(incoming: Incoming, call: &Arc<Call>) -> axum::body::Body {
    if incoming.is_end_stream() {
        axum::body::Body::empty()
    } else {
        let incoming = Some(Limited::new(incoming, call.server.network.max_body_size));
        axum::body::Body::new(RequestBody { incoming, call: Arc::clone(call) })
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        let polled = Pin::new(incoming).poll_frame(context);
        self.call.set_awaits_body(polled.is_pending());
        if polled.is_ready() {
            self.call.forget_body_deadline();
            self.call.connection.make_progress();
            free_the_connection(&self.call);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Limited::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map(Limited::size_hint).unwrap_or_default()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.call.set_awaits_body(false);
        self.call.forget_body_deadline();
        if !self.is_end_stream() {
            self.call.connection.unread.set(true);
        }
        // Dropping an unfinished body wakes the connection: `free_the_connection` comes after that.
        self.incoming = None;
        free_the_connection(&self.call);
    }
}

/// Wakes an empty task, so that no worker keeps the connection task to itself.
///
/// hyper wakes the connection task when a part of the body was taken. A worker keeps the task that its current task
/// woke last in its LIFO slot, from which no other worker takes it. If the handler then blocks, no task can answer the
/// client. The empty task pushes the connection task out of the slot.
///
/// Workaround for [tokio#4941](https://github.com/tokio-rs/tokio/issues/4941). It can go when a stable
/// tokio lets other workers steal from the slot
/// ([tokio#8120](https://github.com/tokio-rs/tokio/issues/8120)), or when the slot can be disabled without
/// `tokio_unstable`.
fn free_the_connection(call: &Call) {
    // A task that is being polled is in no slot.
    if !call.progress.in_connection.get()
        && let Ok(runtime) = tokio::runtime::Handle::try_current()
    {
        drop(runtime.spawn(async {}));
    }
}
