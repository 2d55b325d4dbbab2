//! Errors of actor calls that have no answer.

use std::fmt;

/// Why a call to an actor has no answer.
///
/// Through [`Error`](crate::Error), as by `?` in a handler, it is answered with 503 and problem details;
/// also where it is the source of another error.
///
/// ```
/// use oserver_runtime::CallError;
///
/// // Not to be repeated blindly: the command may have been done in part.
/// assert_eq!(
///     CallError::Restarted.to_string(),
///     "the actor was restarted while it worked on the call",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallError {
    /// The actor panicked in this command, or the command took too long: it was dropped, with the
    /// state, and a fresh actor takes the next. Whatever the command did to the outside until then is done.
    Restarted,
    /// The mailbox is full. The command was not taken in.
    Overloaded,
    /// The time of the call was over: before the command's turn came, so that it is not run, or while
    /// it was run.
    Expired,
    /// The actor has ended, as the server does. The command was not run.
    Stopped,
}

impl CallError {
    /// In a restart, for whoever reads the response.
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
