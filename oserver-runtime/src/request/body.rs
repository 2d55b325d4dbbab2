//! The request's body, on its way from the connection to the handler.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::call::Call;

/// Notes whether the handler waits for the client: a body that stops arriving is the client's
/// fault (408), not the handler's (504).
#[derive(Debug)]
pub(crate) struct RequestBody {
    /// `None` while it is dropped.
    incoming: Option<Incoming>,
    call: Arc<Call>,
}

/// The body as the handler gets it; one that is empty costs nothing.
pub(crate) fn receive(incoming: Incoming, call: &Arc<Call>) -> axum::body::Body {
    if incoming.is_end_stream() {
        axum::body::Body::empty()
    } else {
        axum::body::Body::new(RequestBody { incoming: Some(incoming), call: Arc::clone(call) })
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        let polled = Pin::new(incoming).poll_frame(context);
        self.call.set_awaits_body(polled.is_pending());
        if polled.is_ready() {
            free_the_connection();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map(Incoming::size_hint).unwrap_or_default()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.call.set_awaits_body(false);
        // What is dropped in the midst of it wakes the connection when it is dropped: after this.
        self.incoming = None;
        free_the_connection();
    }
}

/// hyper wakes the connection's task when a part of the body was taken. The task that a worker's
/// current task woke last sits where no other worker can take it (tokio's LIFO slot), and if the
/// handler then blocks, it is stuck there with it: nobody can answer the client. Whatever is woken
/// next pushes it out into the queue that others take from.
fn free_the_connection() {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        drop(runtime.spawn(async {}));
    }
}
