//! Jobs that overflow threads run.

use std::sync::Arc;

use crate::request::state::Call;

/// One poll to be made on an overflow thread.
pub(crate) trait Job: Send {
    /// Returns the request of the poll, if it has one.
    fn call(&self) -> Option<&Arc<Call>>;

    /// Takes one of the threads of its route. Returns `false` if all are in use; the job then waits.
    fn begin(&mut self) -> bool {
        true
    }

    /// Returns `true` if it is a function that may block.
    fn blocks(&self) -> bool {
        self.call().is_some_and(|call| call.progress.blocking.get())
    }

    /// Makes the poll. Does not panic.
    fn run(self: Box<Self>);

    /// Ends the work, because no thread runs it.
    fn refuse(self: Box<Self>);
}
