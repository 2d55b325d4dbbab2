//! Jobs that overflow threads run.

use std::sync::Arc;

use crate::request::state::Call;

/// One poll that is to be made on an overflow thread.
pub(crate) trait Job: Send {
    /// Whose it is, if it is a request's.
    fn call(&self) -> Option<&Arc<Call>>;

    /// Takes one of the threads that its route may have. `false`: there is none now, and it waits.
    fn begin(&mut self) -> bool {
        true
    }

    /// It is a function that may block.
    fn blocks(&self) -> bool {
        self.call().is_some_and(|call| call.progress.blocking.get())
    }

    /// Makes the poll. Does not panic.
    fn run(self: Box<Self>);

    /// Ends the work, for which there is no thread.
    fn refuse(self: Box<Self>);
}
