//! One request under way: the app's future, its deadline, and at last its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::Response;
use pin_project_lite::pin_project;

use crate::admission::decision::AdmissionDecision;
use crate::fault_log::fault::{self, Stage};
use crate::panic::catch::{Caught, catch_entered, within};
use crate::request::{problem, state::Call};
use crate::request_task::deadline_timer::DeadlineTimer;
use crate::request_task::target::ServeTarget;
use crate::request_task::{extensions, timeout_response};
use crate::response_body::{outgoing::ResponseBody, task};
use crate::watchdog::{runtime_context::RuntimeContext, slot::Part};

pub(crate) type Answer = http::Response<ResponseBody>;

/// A request, wherever it is polled: in a box, so that it can go from thread to thread. Every call,
/// poll and drop of the user's code is under the catch, where the watchdog sees it, unless the
/// runtime itself goes down.
pub(crate) struct RequestFuture<A: ServeTarget>(Pin<Box<Running<A::Future>>>);

pin_project! {
    struct Running<F> {
        call: Arc<Call>,
        #[pin]
        step: Step<F>,
        answer: Option<Answer>,
        // Not touched by a call that is ready at its first poll.
        timer: DeadlineTimer,
        // How often it waited for a place on a worker.
        waits: u8,
    }
}

pin_project! {
    #[project = ProjectedStep]
    enum Step<F> {
        // `None` once the app has it.
        New { request: Option<Request> },
        Called { #[pin] future: F },
        Answered,
    }
}

/// How often a request waits for a place on a worker before it goes to an overflow thread. A turn in the
/// worker's queue costs a fiftieth of the way over another thread; but the place may be held for ever.
const WAITS: u8 = 8;

impl<A: ServeTarget> RequestFuture<A> {
    pub(crate) fn new(request: Request, call: Arc<Call>) -> Self {
        let step = Step::New { request: Some(request) };
        let timer = DeadlineTimer::default();
        Self(Box::pin(Running { call, step, answer: None, timer, waits: 0 }))
    }

    pub(crate) fn call(&self) -> &Arc<Call> {
        &self.0.call
    }

    /// The app does not have the request yet.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.0.step, Step::New { .. })
    }

    /// Returns `true` if the request may wait for a permit once more. Counts the wait.
    pub(crate) fn may_wait(&mut self) -> bool {
        let waits = self.0.as_mut().project().waits;
        *waits = waits.saturating_add(1);
        *waits <= WAITS
    }

    /// # Panics
    /// When there is no answer.
    pub(crate) fn into_answer(mut self) -> Answer {
        self.0.as_mut().project().answer.take().expect("it was answered")
    }

    /// The app could not even be asked.
    pub(crate) fn fail(&mut self) {
        _ = self.0.as_mut().fail();
        self.0.as_mut().finish();
    }

    /// One poll; `call` is the work's own, and `app` is needed if the work is new.
    ///
    /// # Errors
    /// The decision of the gate in front of the handler, of which nothing has run.
    pub(crate) fn poll(
        &mut self,
        call: &Arc<Call>,
        app: Option<&A>,
        runtime: &Arc<RuntimeContext>,
        context: &mut Context<'_>,
    ) -> Result<Poll<()>, AdmissionDecision> {
        let running = &mut self.0;
        runtime.monitor(call, Part::Response, || {
            within(call, || {
                if running.as_mut().poll_answer(app, runtime, context).is_ready() {
                    running.as_mut().finish();
                    return Ok(Poll::Ready(()));
                }
                match call.take_decision() {
                    AdmissionDecision::Run => Ok(Poll::Pending),
                    decision => Err(decision),
                }
            })
        })
    }

    /// Answers with 503.
    pub(crate) fn refuse(&mut self, runtime: &Arc<RuntimeContext>, why: &str) {
        let call = Arc::clone(&self.0.call);
        fault::refused(&call, why);
        let answer = problem::overloaded(Some(&call)).map(ResponseBody::whole);
        let running = &mut self.0;
        runtime.monitor(&call, Part::Response, || {
            within(&call, || {
                _ = running.as_mut().set_answer(answer);
                running.as_mut().finish();
            });
        });
    }
}

impl<F: Future<Output = Response>> Running<F> {
    /// Drops the user's future. A panic in there is counted and written; the answer that exists is sent all the same.
    fn finish(self: Pin<&mut Self>) {
        let mut this = self.project();
        _ = catch_entered(this.call, Stage::Drop, || this.step.set(Step::Answered));
    }

    /// With an answer it is ready.
    fn set_answer(self: Pin<&mut Self>, answer: Answer) -> Poll<()> {
        *self.project().answer = Some(answer);
        Poll::Ready(())
    }

    fn fail(self: Pin<&mut Self>) -> Poll<()> {
        let answer = problem::internal_error(Some(&self.call)).map(ResponseBody::whole);
        self.set_answer(answer)
    }

    /// Ready when there is an answer.
    fn poll_answer<A: ServeTarget<Future = F>>(
        mut self: Pin<&mut Self>,
        app: Option<&A>,
        runtime: &Arc<RuntimeContext>,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        // The connection sets this before it wakes the task.
        if !self.call.progress.cancelled.get() {
            // Said anew by a poll in which the body is asked for.
            self.call.set_awaits_body(false);
            let polled = match self.as_mut().start(app) {
                Ok(()) => self.as_mut().poll_call(runtime, context),
                Err(Caught) => self.as_mut().fail(),
            };
            if polled.is_ready() || self.as_mut().poll_deadline(runtime, context).is_ready() {
                return Poll::Ready(());
            }
        }
        if self.call.progress.cancelled.get() {
            // Nobody is there to read it.
            return self.set_answer(http::Response::new(ResponseBody::empty()));
        }
        Poll::Pending
    }

    fn start<A: ServeTarget<Future = F>>(
        self: Pin<&mut Self>,
        app: Option<&A>,
    ) -> Result<(), Caught> {
        let mut this = self.project();
        if let Some(app) = app
            && let ProjectedStep::New { request } = this.step.as_mut().project()
        {
            let request = request.take().expect("the app has it once");
            let future = catch_entered(this.call, Stage::Service, || app.answer(request))?;
            this.step.set(Step::Called { future });
        }
        Ok(())
    }

    /// One poll of the user's code; when it is ready, also of its body's first frame.
    fn poll_call(
        mut self: Pin<&mut Self>,
        runtime: &Arc<RuntimeContext>,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let mut this = self.as_mut().project();
        let (call, answer) = (&*this.call, this.answer);
        let polled = catch_entered(call, Stage::Service, || {
            let ProjectedStep::Called { future } = this.step.as_mut().project() else {
                panic!("polled after its response")
            };
            future.poll(context).map(|response| {
                let (mut head, body) = response.into_parts();
                extensions::drop_all(call, &mut head.extensions);
                let body = task::send(call, runtime, body, context);
                *answer = Some(http::Response::from_parts(head, body));
            })
        });
        polled.unwrap_or_else(|Caught| self.fail())
    }

    /// Arms or asks the timer. When it is time, the guard gets one poll to give up its handler, so
    /// that the answer takes its way through the middleware; without a guard the call ends here.
    fn poll_deadline(
        mut self: Pin<&mut Self>,
        runtime: &Arc<RuntimeContext>,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        loop {
            let this = self.as_mut().project();
            let Some(deadline) = this.call.next_deadline() else { return Poll::Pending };
            ready!(this.timer.poll(this.call, deadline, context));
            this.call.progress.expired.set(true);
            if self.as_mut().poll_call(runtime, context).is_ready() {
                return Poll::Ready(());
            }
            if self.call.next_deadline() == Some(deadline) {
                let call = Arc::clone(&self.call);
                let answer = timeout_response::give_up(&call, true, context, |context| {
                    _ = self.as_mut().poll_call(runtime, context);
                    let answer = self.as_mut().project().answer.take();
                    _ = catch_entered(&call, Stage::Drop, || drop(answer));
                });
                return self.set_answer(answer.map(ResponseBody::whole));
            }
            // A handler was given up inside of others, which may go on.
        }
    }
}
