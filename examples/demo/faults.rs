//! Faults in the handlers of both servers.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::StreamBody;
use hyper::body::{Body, Frame};
use tokio_stream::StreamExt;

/// Another service that has not answered yet, and never will.
pub(crate) async fn payment() {
    std::future::pending().await
}

/// A lock that nobody will ever let go of, or a library that waits without `await`.
pub(crate) fn block() -> ! {
    loop {
        std::thread::park();
    }
}

/// A response body that breaks after it was begun.
pub(crate) fn report() -> impl Body<Data = Bytes, Error = Infallible> + Send + 'static {
    // The pause lets the first frame reach the client: hyper sends together what is ready together.
    let frames = tokio_stream::iter([1, 2]).throttle(Duration::from_millis(50));
    StreamBody::new(frames.map(|number| {
        assert!(number == 1, "the second frame of the body cannot be made");
        Ok(Frame::data(Bytes::from_static(b"the first frame\n")))
    }))
}
