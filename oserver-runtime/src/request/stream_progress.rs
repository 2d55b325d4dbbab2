//! HTTP/2: whose turn it is on a stream that waits, the server's or the client's.
//!
//! hyper has a task for each stream and asks for a further part of a response only when the client's
//! window has room for it, for which it waits without end. Nothing tells a stream that waits for its
//! window from one that has nothing to send yet, but whether the server's side was asked meanwhile.

use std::cell::Cell;
use std::task::Poll;

/// Whose turn it is after a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamProgress {
    /// There is no answer, or no further part of it, yet.
    Servers,
    /// It was given a part, and has not taken it whole.
    Clients,
    /// As before: nothing was given to it, and nothing asked for.
    Unchanged,
}

thread_local! {
    static TURN: Cell<StreamProgress> = const { Cell::new(StreamProgress::Unchanged) };
}

/// The server's side was asked, and had something or not.
pub(crate) fn was_asked<T>(polled: &Poll<T>) {
    TURN.set(if polled.is_pending() { StreamProgress::Servers } else { StreamProgress::Clients });
}

/// Polls a stream, and says whose turn it is then.
pub(crate) fn of<T>(poll: impl FnOnce() -> Poll<T>) -> (Poll<T>, StreamProgress) {
    TURN.set(StreamProgress::Unchanged);
    (poll(), TURN.get())
}
