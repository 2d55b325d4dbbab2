//! The timer of a request that did not have its answer at once.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::time::{Sleep, sleep_until};

use crate::fault_log::background;
use crate::request::state::Call;

/// Made when a call is pending at the end of a poll: one that is ready at its first poll never touches a timer.
#[derive(Default)]
pub(crate) struct DeadlineTimer(Option<Pin<Box<Sleep>>>);

impl DeadlineTimer {
    /// Ready when the deadline of the call has passed. Before that it sees to it that the call's stack can be captured
    /// then.
    pub(crate) fn poll(
        &mut self,
        call: &Call,
        deadline: Instant,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        loop {
            let at = background::look_at(call.started(), deadline);
            let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(at.into())));
            if timer.deadline() != at.into() {
                // A handler became known or ended since, which has a limit of its own.
                timer.as_mut().reset(at.into());
            }
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            if at >= deadline {
                return Poll::Ready(());
            }
            background::load_symbols();
        }
    }
}
