//! HTTP/2: the task of one stream, which hyper has send its response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use crate::clock::lived::{Timer, lived};
use crate::request::connection::ConnectionContext;
use crate::request::stream_progress::{self, StreamProgress};
use crate::serve::connection::outcome::{End, Recorded};
use pin_project_lite::pin_project;

/// Runs the tasks of the streams of a connection.
#[derive(Clone)]
pub(super) struct StreamTasks(Arc<ConnectionContext>);

impl StreamTasks {
    pub(super) fn new(connection: Arc<ConnectionContext>) -> Self {
        Self(connection)
    }
}

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for StreamTasks {
    fn execute(&self, stream: F) {
        let (connection, timer) = (Arc::clone(&self.0), Timer::default());
        let stream = StreamTask { stream, connection, timer, until: None };
        tokio::spawn(Recorded::new(stream, Arc::clone(&self.0)));
    }
}

pin_project! {
    /// A stream that ends, and so is reset, when its client takes nothing for too long.
    struct StreamTask<F> {
        #[pin]
        stream: F,
        connection: Arc<ConnectionContext>,
        timer: Timer,
        // The client must act; its time ends then.
        until: Option<Instant>,
    }
}

impl<F: Future<Output = ()>> Future for StreamTask<F> {
    type Output = End;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let this = self.project();
        let (polled, turn) = stream_progress::of(|| this.stream.poll(context));
        if polled.is_ready() {
            return Poll::Ready(End::Well);
        }
        let Some(limit) = this.connection.server.network.write_timeout else {
            return Poll::Pending;
        };
        match turn {
            StreamProgress::Servers => *this.until = None,
            // Its window is closed from the handler, or it has a further part to take.
            StreamProgress::Clients => *this.until = lived().checked_add(limit),
            StreamProgress::Unchanged => {}
        }
        let Some(until) = *this.until else { return Poll::Pending };
        this.timer.poll(until, context).map(|()| End::Stalled)
    }
}
