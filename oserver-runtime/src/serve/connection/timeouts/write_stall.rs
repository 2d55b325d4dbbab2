//! The write-stall timeout: the client takes no bytes of a response
//! ([`Serve::write_timeout`](crate::Serve::write_timeout)). Each HTTP/2 stream has its own, in `http2_stream`.

use std::task::Context;

use crate::clock::lived::lived;
use crate::serve::connection::timeouts::{ConnectionTimeouts, TimeoutKind};

/// HTTP/2: a write that is no more than this may be the answer to a ping, and is no sign of a client
/// that takes part.
const SMALL_WRITE: usize = 64;
/// For this many bytes that it gets, a client may send one byte that leads to nothing: it opens windows.
const SENT_PER_WORD: u64 = 16;

impl ConnectionTimeouts {
    /// Notes that the client took bytes.
    pub(in crate::serve::connection) fn has_written(&mut self, count: usize) {
        self.stalled_since = None;
        if count > SMALL_WRITE {
            self.idle_since = None;
            self.idle_talk = self.idle_talk.saturating_sub(count as u64 / SENT_PER_WORD);
        }
    }

    /// Waits for the client, which takes no bytes now.
    pub(in crate::serve::connection) fn wait_to_write(
        &mut self,
        context: &mut Context<'_>,
    ) -> Result<(), TimeoutKind> {
        let since = *self.stalled_since.get_or_insert_with(lived);
        let limit = self.connection.server.network.write_timeout;
        self.set_alarm(since, limit, TimeoutKind::Write, context)
    }
}
