//! HTTP/2: the task of one stream, which hyper has send its response.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep};

use crate::request::connection::ConnectionContext;
use crate::request::stream_progress::{self, StreamProgress};
use crate::serve::connection::outcome::{End, Recorded};

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
        let stream =
            StreamTask { stream, connection: Arc::clone(&self.0), timer: None, runs: false };
        tokio::spawn(Recorded::new(stream, Arc::clone(&self.0)));
    }
}

pin_project! {
    /// A stream that is given up, and reset by that, when its client takes nothing for too long.
    struct StreamTask<F> {
        #[pin]
        stream: F,
        connection: Arc<ConnectionContext>,
        timer: Option<Pin<Box<Sleep>>>,
        // It is the client's turn, and `timer` counts.
        runs: bool,
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
            StreamProgress::Servers => *this.runs = false,
            // Its window is closed from the handler, or it has a further part to take.
            StreamProgress::Clients => {
                *this.runs = true;
                let Some(deadline) = Instant::now().checked_add(limit) else {
                    return Poll::Pending;
                };
                match this.timer {
                    Some(timer) => timer.as_mut().reset(deadline),
                    None => *this.timer = Some(Box::pin(tokio::time::sleep_until(deadline))),
                }
            }
            StreamProgress::Unchanged => {}
        }
        match this.timer {
            Some(timer) if *this.runs => timer.as_mut().poll(context).map(|()| End::Stalled),
            _ => Poll::Pending,
        }
    }
}
