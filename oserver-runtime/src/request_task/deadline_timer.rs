//! The timer of a request that did not have its answer at once.

use std::task::{Context, Poll, ready};
use std::time::Instant;

use crate::clock::lived::Timer;
use crate::fault_log::background;
use crate::request::state::Call;

/// Made when a call is pending at the end of a poll: a call that is ready at its first poll touches no timer.
#[derive(Default)]
pub(crate) struct DeadlineTimer(Timer);

impl DeadlineTimer {
    /// Ready when the deadline of the call has passed, which may be another one with each poll: a handler became known
    /// or ended. Before that it sees to it that the call's stack can be captured then.
    pub(crate) fn poll(
        &mut self,
        call: &Call,
        deadline: Instant,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        loop {
            let at = background::symbols().look_at(call.started, deadline);
            ready!(self.0.poll(at, context));
            if at >= deadline {
                return Poll::Ready(());
            }
            background::load_symbols();
        }
    }
}
