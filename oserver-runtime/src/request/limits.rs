//! What a server allows its clients.

use std::time::Duration;

/// What a server allows its clients. `None` is "as long as they like".
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetworkLimits {
    pub(crate) handshake: Option<Duration>,
    pub(crate) first_byte: Option<Duration>,
    pub(crate) head: Option<Duration>,
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) body: Option<Duration>,
    pub(crate) write: Option<Duration>,
    pub(crate) drain: Duration,
    pub(crate) connections: usize,
    pub(crate) head_size: usize,
    pub(crate) body_size: usize,
    pub(crate) streams: u32,
    pub(crate) resets: u32,
}

impl Default for NetworkLimits {
    fn default() -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Self {
            handshake: seconds(10),
            first_byte: seconds(30),
            head: seconds(30),
            keep_alive: seconds(75),
            body: seconds(30),
            write: seconds(30),
            drain: Duration::from_secs(25),
            connections: 16_384,
            head_size: 64 * 1024,
            body_size: 2 * 1024 * 1024,
            streams: 128,
            resets: 1_000,
        }
    }
}
