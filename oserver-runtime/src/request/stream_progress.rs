//! HTTP/2: which side must act next on a stream that waits, the server or the client.
//!
//! hyper has a task for each stream. It asks for a further part of a response only when the client's window has room,
//! and it waits for that without end. Only one fact distinguishes a stream that waits for its window from one that has
//! nothing to send yet: whether the server's side was asked meanwhile.

use std::cell::Cell;
use std::task::Poll;

/// The side that must act next, after a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamProgress {
    /// The server: there is no response, or no further part, yet.
    Servers,
    /// The client: it was given a part, and has not taken all of it.
    Clients,
    /// As before: no part was given or asked for.
    Unchanged,
}

thread_local! {
    static TURN: Cell<StreamProgress> = const { Cell::new(StreamProgress::Unchanged) };
}

/// Notes that the server's side was asked, and whether it had a part.
pub(crate) fn was_asked<T>(polled: &Poll<T>) {
    TURN.set(if polled.is_pending() { StreamProgress::Servers } else { StreamProgress::Clients });
}

/// Polls a stream, and returns which side must act next.
pub(crate) fn of<T>(poll: impl FnOnce() -> Poll<T>) -> (Poll<T>, StreamProgress) {
    TURN.set(StreamProgress::Unchanged);
    (poll(), TURN.get())
}
