//! Limits on the clients of a server.

use std::time::Duration;

/// The limits on clients of a server, for [`Serve::limits`](crate::Serve::limits): all in one value, as a
/// configuration holds them. `None` is no limit.
///
/// ```
/// # use oserver_runtime as oserver;
/// let mut limits = oserver::Limits::default();
/// limits.max_connections = 1_000;
/// limits.write_timeout = None;
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The handshake of a [`Listener`](crate::Listener). 10 s.
    pub handshake_timeout: Option<Duration>,
    /// The first byte of a new connection. 30 s.
    pub first_byte_timeout: Option<Duration>,
    /// A request's head, from its first byte on. 30 s.
    pub header_read_timeout: Option<Duration>,
    /// A connection without a request. 75 s.
    pub keep_alive_timeout: Option<Duration>,
    /// The next part of a request's body. 30 s.
    pub body_timeout: Option<Duration>,
    /// A client that takes no part of a response. 30 s.
    pub write_timeout: Option<Duration>,
    /// In-flight requests after the server was stopped. 25 s.
    pub shutdown_timeout: Duration,
    /// Connections; at least 1. 16,384.
    pub max_connections: usize,
    /// Bytes of a request's head; at least 8 KiB. 64 KiB.
    pub max_head_size: usize,
    /// Bytes of a request's body. 2 MiB.
    pub max_body_size: usize,
    /// Concurrent streams of one HTTP/2 connection. 128.
    pub http2_max_concurrent_streams: u32,
    /// Requests that an HTTP/2 client may reset, more than were answered. 1,000.
    pub http2_max_resets: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Self {
            handshake_timeout: seconds(10),
            first_byte_timeout: seconds(30),
            header_read_timeout: seconds(30),
            keep_alive_timeout: seconds(75),
            body_timeout: seconds(30),
            write_timeout: seconds(30),
            shutdown_timeout: Duration::from_secs(25),
            max_connections: 16_384,
            max_head_size: 64 * 1024,
            max_body_size: 2 * 1024 * 1024,
            http2_max_concurrent_streams: 128,
            http2_max_resets: 1_000,
        }
    }
}
