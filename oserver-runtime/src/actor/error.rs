//! Errors of actor calls that have no answer.

use std::fmt;

/// The reason why a call to an actor has no reply.
///
/// Through [`Error`](crate::Error), as by `?` in a handler, it is answered with 503 and problem details. That holds
/// also if it is the source of another error.
///
/// ```
/// use oserver_runtime::CallError;
///
/// // Do not repeat it without a check: the command may have been done in part.
/// assert_eq!(
///     CallError::Restarted.to_string(),
///     "the actor was restarted while it worked on the call",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallError {
    /// The actor panicked in this command, or the command exceeded its timeout. The actor was dropped with its state,
    /// and a fresh actor takes the queued commands. Effects of the command outside of the actor remain.
    Restarted,
    /// The mailbox is full. The command was not accepted.
    Overloaded,
    /// The time of the call was over before the actor replied. A command that was still queued does not run; a command
    /// that was running continues until its own timeout.
    Expired,
    /// The actor has ended, as the server does. The command did not run.
    Stopped,
}

impl CallError {
    /// Returns the sentence about this error in the response.
    pub(crate) fn for_client(self) -> &'static str {
        match self {
            Self::Restarted => {
                "A part of the server was restarted while it worked on this request."
            }
            Self::Overloaded => "The server has no room for this request; try again later.",
            Self::Expired => "The request was not worked on in time; try again later.",
            Self::Stopped => "The server is shutting down.",
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Restarted => "the actor was restarted while it worked on the call",
            Self::Overloaded => "the mailbox of the actor is full",
            Self::Expired => "the actor did not answer the call in time",
            Self::Stopped => "the actor has ended",
        })
    }
}

impl std::error::Error for CallError {}
