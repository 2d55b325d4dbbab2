//! The timeout of requests. The default is [`DEFAULT_TIMEOUT`](crate::request::default_timeout).

use std::time::Duration;

use crate::request_task::target::ServeTarget;
use crate::serve::server::Serve;

impl<A: ServeTarget> Serve<A> {
    /// Sets the default timeout of requests, from their head on. Default: 30 s.
    ///
    /// The `timeout` of a handler replaces it. `None` sets no timeout.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }
}
