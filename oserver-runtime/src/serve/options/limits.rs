//! The builder's part about clients: deadlines, sizes, numbers.

use std::time::Duration;

use crate::request::client::Network;
use crate::request::limits::Limits;
use crate::request_task::target::ServeTarget;
use crate::serve::server::Serve;

/// # What clients may do
///
/// | limit | default | method | what the client sees |
/// |---|---|---|---|
/// | handshake of your own listener, such as TLS | 10 s | [`handshake_timeout`](Self::handshake_timeout) | closed |
/// | first request on a connection | 30 s | [`first_byte_timeout`](Self::first_byte_timeout) | closed |
/// | head of a request, from its first byte | 30 s | [`header_read_timeout`](Self::header_read_timeout) | closed |
/// | further request on a connection | 75 s | [`keep_alive_timeout`](Self::keep_alive_timeout) | closed |
/// | next part of a request's body | 30 s | [`body_timeout`](Self::body_timeout) | 408 |
/// | taking the next part of a response | 30 s | [`write_timeout`](Self::write_timeout) | reset |
/// | end of all requests after the server was stopped | 25 s | [`shutdown_timeout`](Self::shutdown_timeout) | reset |
/// | connections | 16,384, and fewer than file descriptors | [`max_connections`](Self::max_connections) | waits to be accepted |
/// | size of a head | 64 KiB, 100 fields | [`max_head_size`](Self::max_head_size) | 431 |
/// | size of a request's body | 2 MiB | [`max_body_size`](Self::max_body_size) | 413 |
/// | HTTP/2: concurrent requests on a connection | 128 | [`http2_max_concurrent_streams`](Self::http2_max_concurrent_streams) | announced; further ones are refused |
/// | HTTP/2: requests that the client cancelled, minus those with a response | 1,000 | [`http2_max_resets`](Self::http2_max_resets) | closed |
/// | HTTP/2: bytes that belong to no request | 2 MiB | | closed |
///
/// For a method that takes an `Option`, `None` is "no limit".
impl<A: ServeTarget> Serve<A> {
    /// Sets all limits at once. Default: [`Limits::default`].
    ///
    /// # Panics
    /// When [`Limits::max_connections`] is 0.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.network = limits;
        self.max_connections(limits.max_connections).max_head_size(limits.max_head_size)
    }

    /// Sets how long the handshake of a [`Listener`](crate::Listener) may take. Default: 10 s.
    pub fn handshake_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.network.handshake_timeout = limit.into();
        self
    }

    /// Sets how long a new connection may be silent until it is closed. Default: 30 s.
    pub fn first_byte_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.network.first_byte_timeout = limit.into();
        self
    }

    /// Sets how long the head of a request may take from its first byte on. Default: 30 s.
    ///
    /// Then the connection is closed and a `connection-error` recorded. In HTTP/2 a head may come in
    /// between the parts of other requests; there [`Serve::keep_alive_timeout`] limits a connection
    /// without a whole request.
    pub fn header_read_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.network.header_read_timeout = limit.into();
        self
    }

    /// Sets how long a connection without a request is kept for the next. Default: 75 s.
    pub fn keep_alive_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.network.keep_alive_timeout = limit.into();
        self
    }

    /// Sets how long a handler waits for the next part of its request's body. Default: 30 s.
    ///
    /// After that the request is answered with 408 and recorded as `stalled-body`. The timeout of the whole request
    /// also holds.
    pub fn body_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.network.body_timeout = limit.into();
        self
    }

    /// Sets the write-stall timeout: how long a client may take nothing of a response. Default: 30 s.
    ///
    /// After that the connection, or the stream of HTTP/2, is reset and a `connection-error` is recorded. A response
    /// that has nothing to send yet, such as server-sent events, may take any time. In HTTP/2 a part has up to 64 KiB,
    /// and the client must take all of it.
    pub fn write_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.network.write_timeout = limit.into();
        self
    }

    /// Sets how long in-flight requests get to finish after the server was
    /// [stopped](crate::serve#stopping). Default: 25 s.
    ///
    /// Most supervisors kill a service 30 s after they stop it.
    pub fn shutdown_timeout(mut self, limit: Duration) -> Self {
        self.network.shutdown_timeout = limit;
        self
    }

    /// Sets the maximum number of connections. Default: 16,384.
    ///
    /// Further connections wait in the operating system's queue until one has ended. When the queue is full, the
    /// operating system refuses clients.
    ///
    /// All servers of a process together have fewer connections if the process may not have so many file descriptors
    /// (`RLIMIT_NOFILE`). A quarter of these, at least 32 and at most 1,024, is left for the admin service, the log
    /// and handlers. When the limit is reached, an `accept-error` is recorded.
    ///
    /// # Panics
    /// When it is 0.
    pub fn max_connections(mut self, connections: usize) -> Self {
        assert!(connections > 0, "a server with 0 connections serves nobody");
        self.network.max_connections = connections;
        self
    }

    /// Sets the maximum size of a request's head in bytes: method, path and headers. Default: 64 KiB.
    ///
    /// The least is 8 KiB. A larger head is answered with 431, as is one with more than 100 fields.
    pub fn max_head_size(mut self, bytes: usize) -> Self {
        self.network.max_head_size = bytes.max(8 * 1024);
        self
    }

    /// Sets the maximum size of a request's body in bytes. Default: 2 MiB.
    ///
    /// A longer body is answered with 413: at once if the client declares its length, and otherwise when
    /// the limit is passed. The limit holds for every way to read a body. A route that wants less uses
    /// [`DefaultBodyLimit`](crate::extract::DefaultBodyLimit).
    pub fn max_body_size(mut self, bytes: usize) -> Self {
        self.network.max_body_size = bytes;
        self
    }

    /// Sets the proxies in front of the server. Default: none. If the peer of a connection is one of them, the field
    /// `client` of records and log lines is the last address in `X-Forwarded-For` that is no such proxy. From any
    /// other peer the header does not count.
    ///
    /// ```no_run
    /// # use oserver_runtime as oserver;
    /// # async fn f(listener: oserver::BoundListener, router: oserver::Router) -> oserver::Result<()> {
    /// oserver::serve(listener, router)
    ///     .trusted_proxies(["10.0.0.0/8".parse()?, "::1".parse()?])
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn trusted_proxies(mut self, proxies: impl IntoIterator<Item = Network>) -> Self {
        self.proxies = proxies.into_iter().collect();
        self
    }

    /// Sets the maximum number of concurrent streams of one HTTP/2 connection. Default: 128.
    pub fn http2_max_concurrent_streams(mut self, streams: u32) -> Self {
        self.network.http2_max_concurrent_streams = streams;
        self
    }

    /// Sets how many requests an HTTP/2 client may reset, minus those with a response. Default: 1,000.
    ///
    /// Each reset request costs work without a result. A client that starts and resets requests as fast as it can
    /// (rapid reset, CVE-2023-44487) is cut off at this limit.
    pub fn http2_max_resets(mut self, resets: u32) -> Self {
        self.network.http2_max_resets = resets;
        self
    }
}
