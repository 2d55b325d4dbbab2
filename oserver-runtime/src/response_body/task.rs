//! Polls a streaming response body, in its own task. hyper would poll it in the connection task, where a panic or a
//! blocked thread also takes the connection.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame};
use tokio::sync::mpsc::{Sender, channel};

use crate::clock::lived::within;
use crate::fault_log::fault::{self, Stage};
use crate::panic::catch::{Caught, catch};
use crate::request::state::Call;
use crate::response_body::outgoing::{BrokenOff, ResponseBody, Streaming};
use crate::sync::Flag;
use crate::task::spawn_admitted;
use crate::watchdog::runtime_context::RuntimeContext;

/// Converts a response's body to one that the connection can send.
///
/// The request task's own poll asks for the first frame here, and catches panics: a body that is whole then, as most
/// are, needs no task.
pub(crate) fn send(
    call: &Arc<Call>,
    runtime: &Arc<RuntimeContext>,
    mut body: Body,
    context: &mut Context<'_>,
) -> ResponseBody {
    if body.is_end_stream() {
        return ResponseBody::empty();
    }
    let size = body.size_hint();
    let first = match Pin::new(&mut body).poll_frame(context) {
        Poll::Ready(None) => return ResponseBody::empty(),
        Poll::Ready(Some(Ok(frame))) if body.is_end_stream() => match frame.into_data() {
            Ok(bytes) => return ResponseBody::whole(bytes),
            Err(trailers) => Some(Ok(trailers)),
        },
        Poll::Ready(Some(frame)) => Some(frame),
        Poll::Pending => None,
    };
    let (sender, frames) = channel(1);
    let is_whole = Arc::new(Flag::default());
    let next = match first.transpose() {
        // The body failed before its first byte. No task ends it, so it breaks off.
        Err(error) => {
            record(call, error);
            None
        }
        Ok(first) => {
            let run = run(Arc::clone(call), Arc::clone(&is_whole), sender, body);
            spawn_admitted::spawn(call, runtime, run);
            first
        }
    };
    ResponseBody::Streaming(Box::new(Streaming {
        next,
        frames,
        is_whole,
        size,
        call: Arc::clone(call),
        breaking: false,
        active: false,
        well: false,
    }))
}

/// Passes a body on to its end.
async fn run(call: Arc<Call>, is_whole: Arc<Flag>, sender: Sender<Frame<Bytes>>, mut body: Body) {
    let result = forward(&call, &mut body, &sender).await;
    // The drop of a body is user code, too.
    let dropped = catch(&call, Stage::Drop, || drop(body));
    if result.is_ok() && dropped.is_ok() {
        is_whole.set(true);
    }
    // Closes the channel, after the word was given.
    drop(sender);
}

/// Passes frames on until the body ends, breaks, or has no reader.
async fn forward(
    call: &Arc<Call>,
    body: &mut Body,
    sender: &Sender<Frame<Bytes>>,
) -> Result<(), BrokenOff> {
    // The time of a stream of HTTP/2 is kept by the connection.
    let limit = call.server.network.write_timeout.filter(|_| !call.connection.multiplexed.get());
    loop {
        // One frame at a time: the next is requested when the connection has taken the last.
        let place = match within(limit, sender.reserve()).await {
            Some(Ok(place)) => place,
            Some(Err(_)) => return Err(BrokenOff),
            None => {
                fault::connection(&call.connection, "the client does not read its response");
                return Err(BrokenOff);
            }
        };
        let mut gone = std::pin::pin!(sender.closed());
        let frame = poll_fn(|context| {
            if gone.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(BrokenOff));
            }
            match catch(call, Stage::Body, || Pin::new(&mut *body).poll_frame(context)) {
                Ok(polled) => polled.map(Ok),
                Err(Caught) => Poll::Ready(Err(BrokenOff)),
            }
        })
        .await?;
        match frame {
            Some(Ok(frame)) => place.send(frame),
            Some(Err(error)) => {
                record(call, error);
                return Err(BrokenOff);
            }
            None => return Ok(()),
        }
    }
}

/// Records the error of a body. Displaying and dropping it are user code.
fn record(call: &Arc<Call>, error: axum::Error) {
    _ = catch(call, Stage::Body, || fault::error(call, &error.to_string()));
    _ = catch(call, Stage::Drop, || drop(error));
}
