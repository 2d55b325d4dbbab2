//! The timeout of requests. The default is [`DEFAULT_TIMEOUT`](crate::request::default_timeout).

use std::time::Duration;

use crate::request_task::target::ServeTarget;
use crate::serve::server::Serve;

impl<A: ServeTarget> Serve<A> {
    /// How long a request may take from its head on, if its handler has no `timeout` of its own.
    /// Default: 30 s. `None`: as long as it likes.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }
}
