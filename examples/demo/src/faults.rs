//! Faults in the handlers of both servers.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::StreamBody;
use hyper::body::{Body, Frame};

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
    StreamBody::new(stream::iter([1, 2]).then(async |number| {
        if number == 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            panic!("the second frame of the body cannot be made");
        }
        Ok(Frame::data(Bytes::from_static(b"the first frame\n")))
    }))
}
