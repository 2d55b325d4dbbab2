//! A future of a request that continues without the request. It is polled as the request was: under admission, on an
//! overflow thread if there is no permit, and seen by the watchdog.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use crate::overflow::job::Job;
use crate::request::admission::{self, ThreadShare};
use crate::request::state::Call;
use crate::task::handoff::Handoff;
use crate::watchdog::runtime_context::RuntimeContext;
use crate::watchdog::slot::Part;

/// The future ends when its work is done; it does not panic.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs `work` to its end on the current runtime. `work` catches the panics of user code itself.
pub(crate) fn spawn(
    call: &Arc<Call>,
    runtime: &Arc<RuntimeContext>,
    work: impl Future<Output = ()> + Send + 'static,
) {
    let handoff = Arc::new(Handoff::with(Box::pin(work) as Work));
    handoff.close();
    tokio::spawn(AdmittedTask { call: Arc::clone(call), runtime: Arc::clone(runtime), handoff });
}

/// The task: polls the work, or hands the poll to an overflow thread.
#[derive(Clone)]
struct AdmittedTask {
    call: Arc<Call>,
    runtime: Arc<RuntimeContext>,
    handoff: Arc<Handoff<Work>>,
}

impl Future for AdmittedTask {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let next = ready!(self.handoff.next(context.waker()));
        let Some(work) = next else { return Poll::Ready(()) };
        self.attend_to(work, context);
        Poll::Pending
    }
}

impl AdmittedTask {
    fn attend_to(&self, work: Work, context: &mut Context<'_>) {
        let here = self.runtime.permits.try_acquire().zip(admission::share_of(&self.call));
        if let Some(place_and_share) = here {
            self.poll_work(work, context);
            drop(place_and_share);
            self.runtime.hand_off_if_lowered();
            return;
        }
        let waker = context.waker().clone();
        let poll = OverflowPoll { task: self.clone(), work, waker, share: None };
        if let Err(poll) = self.runtime.overflow(Box::new(poll)) {
            poll.refuse();
        }
    }

    fn poll_work(&self, mut work: Work, context: &mut Context<'_>) {
        let polled = self.runtime.monitor(&self.call, Part::Body, || work.as_mut().poll(context));
        match polled {
            Poll::Ready(()) => self.handoff.finish(),
            Poll::Pending => self.handoff.park(work),
        }
    }
}

struct OverflowPoll {
    task: AdmittedTask,
    work: Work,
    waker: Waker,
    share: Option<ThreadShare>,
}

impl Job for OverflowPoll {
    fn call(&self) -> Option<&Arc<Call>> {
        Some(&self.task.call)
    }

    fn begin(&mut self) -> bool {
        self.share = ThreadShare::of(&self.task.call, self.task.runtime.thread_share());
        self.share.is_some()
    }

    /// Returns `false`: the poll of a body is no poll of a function without `async`.
    fn blocks(&self) -> bool {
        false
    }

    fn run(self: Box<Self>) {
        let Self { task, work, waker, share: _share } = *self;
        task.poll_work(work, &mut Context::from_waker(&waker));
    }

    /// Drops the body, which then breaks off.
    fn refuse(self: Box<Self>) {
        let Self { task, work, .. } = *self;
        task.runtime.monitor(&task.call, Part::Body, || drop(work));
        task.handoff.finish();
    }
}
