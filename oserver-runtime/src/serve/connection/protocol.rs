//! hyper's two servers, as this one wants them.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::server::conn::http1;
#[cfg(feature = "http2")]
use hyper::server::conn::http2;
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;

use crate::request::connection::ConnectionContext;
use crate::request_task::target::ServeTarget;
#[cfg(feature = "http2")]
use crate::serve::connection::http2_stream::StreamTasks;
use crate::serve::connection::io::{Protocol, Stream};
use crate::serve::connection::service::Requests;
use crate::serve::listener::Transport;

type Http1<A, T> = http1::UpgradeableConnection<TokioIo<Stream<T>>, Requests<A>>;
#[cfg(feature = "http2")]
type Http2<A, T> = http2::Connection<TokioIo<Stream<T>>, Requests<A>, StreamTasks>;
/// Without the feature there is no HTTP/2.
#[cfg(not(feature = "http2"))]
type Http2<A, T> = Http1<A, T>;

pin_project! {
    /// A connection that hyper serves.
    #[project = Projected]
    pub(super) enum Served<A: ServeTarget, T: Transport> {
        Http1 {
            #[pin]
            connection: Http1<A, T>,
        },
        // Larger, and for many requests.
        Http2 {
            connection: Pin<Box<Http2<A, T>>>,
        },
    }
}

impl<A: ServeTarget, T: Transport> Served<A, T> {
    pub(super) fn new(
        protocol: Protocol,
        stream: Stream<T>,
        requests: Requests<A>,
        connection: &Arc<ConnectionContext>,
    ) -> Self {
        let limits = &connection.server.network;
        let stream = TokioIo::new(stream);
        match protocol {
            #[cfg(feature = "http2")]
            Protocol::Http2 => {
                connection.multiplexed.set(true);
                let tasks = StreamTasks::new(Arc::clone(connection));
                let connection = http2::Builder::new(tasks)
                    .initial_connection_window_size(WINDOW)
                    .initial_stream_window_size(WINDOW)
                    .max_concurrent_streams(limits.http2_max_concurrent_streams)
                    .max_header_list_size(u32::try_from(limits.max_head_size).unwrap_or(u32::MAX))
                    .serve_connection(stream, requests);
                Self::Http2 { connection: Box::pin(connection) }
            }
            _ => {
                let connection = http1::Builder::new()
                    // The stream keeps the time, with one alarm for all deadlines.
                    .header_read_timeout(None)
                    .max_buf_size(limits.max_head_size.max(SMALLEST_BUFFER))
                    // The stream finds out that a client has left, and needs no buffer for further bytes of it.
                    .half_close(true)
                    // Bodies are not copied; the stream joins small pieces.
                    .writev(true)
                    .serve_connection(stream, requests)
                    .with_upgrades();
                Self::Http1 { connection }
            }
        }
    }

    /// Lets the requests that have begun end, and takes no others.
    pub(super) fn finish(self: Pin<&mut Self>, closing: bool) {
        match self.project() {
            Projected::Http1 { connection } if closing => connection.graceful_shutdown(),
            Projected::Http1 { .. } => {}
            Projected::Http2 { connection } => connection.as_mut().graceful_shutdown(),
        }
    }
}

/// HTTP/2: how much of bodies may be sent before it is taken, in all and of one stream.
pub(super) const WINDOW: u32 = 1024 * 1024;
/// Less hyper does not take.
const SMALLEST_BUFFER: usize = 8 * 1024;

impl<A: ServeTarget, T: Transport> Future for Served<A, T> {
    type Output = hyper::Result<()>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<hyper::Result<()>> {
        match self.project() {
            Projected::Http1 { connection } => connection.poll(context),
            Projected::Http2 { connection } => connection.as_mut().poll(context),
        }
    }
}
