//! The connection's side of a response body. It polls no user code.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc::Receiver;

use crate::fault_log::alarm_record;
use crate::request::state::Call;
use crate::request::stream_progress;
use crate::sync::Flag;

/// The body broke off: it was a fault, and is in the log as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the response's body broke off")
    }
}

impl std::error::Error for BrokenOff {}

/// The body that hyper sends.
#[derive(Debug)]
pub(crate) enum ResponseBody {
    /// The rest of the body, or `None` if nothing is left.
    Whole(Option<Bytes>),
    /// Frames come from a body task.
    Streaming(Box<Streaming>),
}

#[derive(Debug)]
pub(crate) struct Streaming {
    /// The frame that was ready together with the head.
    pub(crate) next: Option<Frame<Bytes>>,
    pub(crate) frames: Receiver<Frame<Bytes>>,
    /// Its task has reached the end of the body. A channel that closes without that means that the body broke off,
    /// even if its task was lost in an unexpected way.
    pub(crate) is_whole: Arc<Flag>,
    pub(crate) size: SizeHint,
    pub(crate) call: Arc<Call>,
    /// The body breaks off: earlier frames are given to the socket first; then the connection breaks.
    pub(crate) breaking: bool,
    /// It is being sent: until it ends, its connection is not idle.
    pub(crate) active: bool,
    /// The answer is a success if the whole body is sent.
    pub(crate) well: bool,
}

impl ResponseBody {
    pub(crate) fn empty() -> Self {
        Self::Whole(None)
    }

    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self::Whole(Some(bytes))
    }

    /// Begins to send the body. `well` says whether the head is that of a success.
    pub(crate) fn begin(&mut self, call: &Call, well: bool) {
        match self {
            Self::Whole(_) => {
                call.connection.request_ends();
                if well {
                    alarm_record::succeeded(call);
                }
            }
            Self::Streaming(streaming) => {
                streaming.active = true;
                streaming.well = well;
            }
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let polled = match &mut *self {
            Self::Whole(whole) => Poll::Ready(whole.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Streaming(streaming) => streaming.poll_frame(context),
        };
        stream_progress::was_asked(&polled);
        polled
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Streaming(streaming) => streaming.size,
        }
    }
}

impl Streaming {
    fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if let Some(frame) = self.next.take() {
            return Poll::Ready(Some(Ok(frame)));
        }
        if self.breaking {
            return Poll::Ready(Some(Err(BrokenOff)));
        }
        self.call.set_waiter(context.waker());
        let connection = &self.call.connection;
        let received = match self.call.progress.body_overdue.get() {
            true => Poll::Ready(None),
            false => self.frames.poll_recv(context),
        };
        let received = match received {
            Poll::Ready(received) => received,
            Poll::Pending if connection.is_gone() => return Poll::Ready(Some(Err(BrokenOff))),
            Poll::Pending => {
                // No write can fail here, and a body may be silent for ever.
                connection.watch(true);
                return Poll::Pending;
            }
        };
        match received {
            Some(frame) => Poll::Ready(Some(Ok(frame))),
            None if self.is_whole.get() => {
                if std::mem::take(&mut self.well) {
                    alarm_record::succeeded(&self.call);
                }
                Poll::Ready(None)
            }
            None => {
                // An error makes hyper drop bytes that it has not yet written. So the error comes one poll later:
                // hyper writes whenever a body has nothing for it.
                self.breaking = true;
                self.call.connection.break_off();
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        if self.active {
            self.call.connection.request_ends();
        }
    }
}
