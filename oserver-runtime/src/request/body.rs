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
    incoming: Incoming,
    call: Arc<Call>,
}

/// The body as the handler gets it; one that is empty costs nothing.
pub(crate) fn receive(incoming: Incoming, call: &Arc<Call>) -> axum::body::Body {
    if incoming.is_end_stream() {
        axum::body::Body::empty()
    } else {
        axum::body::Body::new(RequestBody { incoming, call: Arc::clone(call) })
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(context);
        self.call.set_awaits_body(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.call.set_awaits_body(false);
    }
}
