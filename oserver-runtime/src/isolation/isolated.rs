//! A future of a request's that goes on without it, polled as the request was: under admission, on
//! an overflow thread where there is no place, and where the watchdog sees it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::bulkhead::Bulkhead;
use super::bulkhead::overflow::Job;
use super::bulkhead::passage;
use super::bulkhead::slot::Part;
use super::exchange::{Exchange, Next};
use crate::request::call::Call;

/// Ends when there is no more of it; does not panic.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs `work` to its end on the current runtime. It catches the panics of the user's code itself.
pub(super) fn spawn(
    call: &Arc<Call>,
    bulkhead: &Arc<Bulkhead>,
    work: impl Future<Output = ()> + Send + 'static,
) {
    let line = Arc::new(Exchange::with(Box::pin(work) as Work));
    line.close();
    tokio::spawn(Isolated { call: Arc::clone(call), bulkhead: Arc::clone(bulkhead), line });
}

/// The task: polls the work, or has it polled.
#[derive(Clone)]
struct Isolated {
    call: Arc<Call>,
    bulkhead: Arc<Bulkhead>,
    line: Arc<Exchange<Work>>,
}

impl Future for Isolated {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.line.next(context.waker()) {
            Next::Work(work) => self.attend_to(work, context),
            Next::Nothing => {}
            Next::End => return Poll::Ready(()),
        }
        Poll::Pending
    }
}

impl Isolated {
    fn attend_to(&self, work: Work, context: &mut Context<'_>) {
        let here = self.bulkhead.try_enter().zip(passage::share_of(&self.call));
        if let Some(place_and_share) = here {
            self.poll_work(work, context);
            drop(place_and_share);
            return self.bulkhead.retire_if_lowered();
        }
        let waker = context.waker().clone();
        let poll = OverflowPoll { task: self.clone(), work, waker };
        if let Err(poll) = self.bulkhead.overflow(Box::new(poll)) {
            poll.refuse();
        }
    }

    fn poll_work(&self, mut work: Work, context: &mut Context<'_>) {
        let polled = self.bulkhead.attend(&self.call, Part::Body, || work.as_mut().poll(context));
        match polled {
            Poll::Ready(()) => self.line.finish(),
            Poll::Pending => self.line.park(work),
        }
    }
}

struct OverflowPoll {
    task: Isolated,
    work: Work,
    waker: Waker,
}

impl Job for OverflowPoll {
    fn call(&self) -> Option<&Arc<Call>> {
        Some(&self.task.call)
    }

    fn run(self: Box<Self>) {
        let Self { task, work, waker } = *self;
        task.poll_work(work, &mut Context::from_waker(&waker));
    }

    /// Dropped, a body breaks off.
    fn refuse(self: Box<Self>) {
        let Self { task, work, .. } = *self;
        task.bulkhead.attend(&task.call, Part::Body, || drop(work));
        task.line.finish();
    }
}
