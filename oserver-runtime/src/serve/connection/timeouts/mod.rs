//! How long a connection waits for its client: for the first byte, for a whole head, for the client to take a
//! response.
//!
//! A connection has one timer, which is moved only to earlier times: if it fires too early, it is set again. So most
//! requests touch no timer.

mod write_stall;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::time::{Duration, Instant};

use tokio::time::Sleep;

use crate::clock::TICK;
use crate::clock::lived::{lived, lived_coarse, with_stops};
use crate::request::connection::ConnectionContext;
use crate::serve::connection::protocol::WINDOW;

/// How many received bytes may lead to no request and no part of a body. HTTP/2 has frames of that kind, and a client
/// could send them for ever. A normal client may send a whole window before hyper reads the head before it, and frames
/// in addition.
const IDLE_TALK: u64 = 2 * WINDOW as u64;
/// How long further bytes of the client are read after its last response.
const LINGER: Duration = Duration::from_secs(2);

pub(super) struct ConnectionTimeouts {
    connection: Arc<ConnectionContext>,
    alarm: Option<Pin<Box<Sleep>>>,
    /// The progress of the connection when bytes came last; `None` before they came at all.
    progress_at_read: Option<u64>,
    /// The time since when no byte has come.
    idle_since: Option<Instant>,
    /// Since when a request's head has been coming.
    head_since: Option<Instant>,
    /// The time since when the client has not taken the bytes to be written.
    stalled_since: Option<Instant>,
    /// Bytes that came since the last progress.
    idle_talk: u64,
}

/// Why a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeoutKind {
    /// No byte came, and no request was begun.
    Idle,
    Head,
    Write,
    IdleTalk,
}

impl TimeoutKind {
    pub(super) fn into_error(self) -> io::Error {
        let (kind, message) = match self {
            Self::Idle => (io::ErrorKind::TimedOut, "the client sent nothing in time"),
            Self::Head => (io::ErrorKind::TimedOut, "the head of a request did not arrive in time"),
            Self::Write => (io::ErrorKind::TimedOut, "the client does not read its response"),
            Self::IdleTalk => {
                (io::ErrorKind::InvalidData, "the client sent too much data outside of a request")
            }
        };
        io::Error::new(kind, message)
    }
}

impl ConnectionTimeouts {
    pub(super) fn new(connection: Arc<ConnectionContext>) -> Self {
        Self {
            connection,
            alarm: None,
            progress_at_read: None,
            idle_since: None,
            head_since: None,
            stalled_since: None,
            idle_talk: 0,
        }
    }

    /// Bytes came.
    pub(super) fn has_read(&mut self, count: usize) -> Result<(), TimeoutKind> {
        let progress = Some(self.connection.progress());
        if self.progress_at_read != progress {
            self.idle_talk = 0;
            self.head_since = None;
            self.progress_at_read = progress;
        }
        if !self.connection.multiplexed.get() {
            self.idle_since = None;
            return Ok(());
        }
        self.idle_talk += count as u64;
        if self.idle_talk > IDLE_TALK { Err(TimeoutKind::IdleTalk) } else { Ok(()) }
    }

    /// Waits for bytes of the client: nothing can be read now.
    pub(super) fn wait_to_read(&mut self, context: &mut Context<'_>) -> Result<(), TimeoutKind> {
        if self.connection.has_requests() {
            (self.idle_since, self.head_since) = (None, None);
            return Ok(());
        }
        let limits = &self.connection.server.network;
        let has_spoken = self.progress_at_read.is_some();
        let in_head = has_spoken
            && !self.connection.multiplexed.get()
            && self.progress_at_read == Some(self.connection.progress());
        let (since, limit, timeout) = if in_head {
            (&mut self.head_since, limits.header_read_timeout, TimeoutKind::Head)
        } else if self.connection.progress() == 0 {
            (&mut self.idle_since, limits.first_byte_timeout, TimeoutKind::Idle)
        } else {
            (&mut self.idle_since, limits.keep_alive_timeout, TimeoutKind::Idle)
        };
        // Asked after each response, so by the clock that costs little; and no client is closed before its time.
        let since = *since.get_or_insert_with(|| lived_coarse() + TICK);
        self.set_alarm(since, limit, timeout, context)
    }

    /// Waits before the close: the client may not have read the last response, because it is still sending.
    pub(super) fn wait_to_close(&mut self, context: &mut Context<'_>) -> Result<(), TimeoutKind> {
        let since = *self.stalled_since.get_or_insert_with(lived);
        self.set_alarm(since, Some(LINGER), TimeoutKind::Idle, context)
    }

    fn set_alarm(
        &mut self,
        since: Instant,
        limit: Option<Duration>,
        timeout: TimeoutKind,
        context: &mut Context<'_>,
    ) -> Result<(), TimeoutKind> {
        let Some(limit) = limit.and_then(|limit| since.checked_add(limit)) else { return Ok(()) };
        let end = tokio::time::Instant::from_std(with_stops(limit));
        let Some(alarm) = &mut self.alarm else {
            let mut alarm = Box::pin(tokio::time::sleep_until(end));
            let rings = alarm.as_mut().poll(context).is_ready();
            self.alarm = Some(alarm);
            return if rings { Err(timeout) } else { Ok(()) };
        };
        // One that is set for earlier will ring, and its waker is this connection's task's.
        if alarm.is_elapsed() || alarm.deadline() > end {
            // The clock counts, not the timer: a timer that is set for the past fires a moment later, and other code
            // may have moved it to the future by then.
            if limit <= lived() {
                return Err(timeout);
            }
            // The process may have been stopped, which is noticed now.
            let end = tokio::time::Instant::from_std(with_stops(limit));
            alarm.as_mut().reset(end);
            if alarm.as_mut().poll(context).is_ready() {
                return Err(timeout);
            }
        }
        Ok(())
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;
    use crate::health::readiness::ServerHealth;
    use crate::request::limits::Limits;
    use crate::request::open_connection::OpenConnection;
    use crate::request::server::ServerContext;

    fn timeouts_of_http2() -> (OpenConnection, ConnectionTimeouts) {
        let health = Arc::new(ServerHealth::of_nobody());
        let server = ServerContext::new(health, None, 1, false, Limits::default());
        let open = OpenConnection::new(Arc::new(server));
        open.multiplexed.set(true);
        let timeouts = ConnectionTimeouts::new(Arc::clone(&open.0));
        (open, timeouts)
    }

    /// A busy machine finds a whole window of a body behind a head that it has not seen yet.
    #[test]
    fn a_window_of_body_behind_an_unseen_head_is_no_idle_talk() {
        let (open, mut timeouts) = timeouts_of_http2();
        const FRAME: usize = 9 + 1024;
        assert_eq!(timeouts.has_read(300), Ok(()));
        for _ in 0..WINDOW / 1024 {
            assert_eq!(timeouts.has_read(FRAME), Ok(()));
        }
        open.request_begins();
        assert_eq!(timeouts.has_read(FRAME), Ok(()));
    }

    #[test]
    fn frames_that_lead_to_nothing_are_idle_talk() {
        let (_open, mut timeouts) = timeouts_of_http2();
        let talk = (0..IDLE_TALK).map(|_| timeouts.has_read(17)).find(Result::is_err);
        assert_eq!(talk, Some(Err(TimeoutKind::IdleTalk)));
    }
}
