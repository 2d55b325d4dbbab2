//! Distinguishes a client that closed its sending side, and waits for its answer, from a client that has left.
//!
//! TCP reports both in the same way, until the server sends something: the system of a client that has left answers
//! with a reset. So the server sends an interim response, which every client of HTTP/1.1 can discard (RFC 9110, 15.2).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use crate::request::connection::ConnectionContext;
use crate::serve::listener::Transport;

const INTERIM: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// How long the handler may take until the interim response is sent.
const BEFORE_ASKING: Duration = Duration::from_millis(50);
/// How soon after that it is looked for a reset. Each further look comes twice as late, until the longest.
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// A client that has closed its sending side.
#[derive(Default)]
pub(super) struct HalfClose {
    /// The time of the next look, and the delay until the one after that.
    look: Option<(Pin<Box<Sleep>>, Duration)>,
    is_asked: bool,
}

impl HalfClose {
    /// Returns `true` if the client may still read, as far as is known; the task is then woken to look again. Call it
    /// while no part of a response is being sent.
    pub(super) fn may_read(
        &mut self,
        transport: &mut impl Transport,
        connection: &ConnectionContext,
        context: &mut Context<'_>,
    ) -> bool {
        // A client of HTTP/1.0 knows no interim responses.
        if connection.http10.get() {
            return false;
        }
        let look = self.look.get_or_insert_with(|| (Box::pin(sleep(BEFORE_ASKING)), FIRST_LOOK));
        while look.0.as_mut().poll(context).is_ready() {
            if !std::mem::replace(&mut self.is_asked, true) && !ask(transport, context) {
                return false;
            }
            *look = (Box::pin(sleep(look.1)), (2 * look.1).min(LONGEST_LOOK));
        }
        true
    }
}

/// Sends the interim response. Returns `false` if it cannot be sent at once, because the client has not taken earlier
/// bytes.
fn ask(transport: &mut impl Transport, context: &mut Context<'_>) -> bool {
    let written = Pin::new(&mut *transport).poll_write(context, INTERIM);
    matches!(written, Poll::Ready(Ok(count)) if count == INTERIM.len())
        && !matches!(Pin::new(transport).poll_flush(context), Poll::Ready(Err(_)))
}
