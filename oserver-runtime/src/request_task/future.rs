//! One request in flight: the app's future, its deadline, and at last its answer.

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

/// A request, wherever it is polled. It is boxed, so that it can move between threads. Every call, poll and drop of
/// user code catches panics, and the watchdog sees it, unless the runtime itself ends.
pub(crate) struct RequestFuture<A: ServeTarget>(Pin<Box<Running<A::Future>>>);

pin_project! {
    struct Running<F> {
        call: Arc<Call>,
        #[pin]
        step: Step<F>,
        answer: Option<Answer>,
        // A call that is ready at its first poll does not touch it.
        timer: DeadlineTimer,
        // How often it waited for a place on a worker.
        waits: u8,
    }
}

pin_project! {
    #[project = ProjectedStep]
    enum Step<F> {
        // `None` once the app has the request.
        New { request: Option<Request> },
        Called { #[pin] future: F },
        Answered,
    }
}

/// How often a request waits for a permit on a worker before it goes to an overflow thread. A turn in the worker's
/// queue costs a fiftieth of the way over another thread; but the permit may be held for ever.
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

    /// Returns `true` if the app does not have the request yet.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.0.step, Step::New { .. })
    }

    /// Returns `true` if the request may wait for a permit once more. Counts the wait.
    pub(crate) fn may_wait(&mut self) -> bool {
        let waits = self.0.as_mut().project().waits;
        *waits = waits.saturating_add(1);
        *waits <= WAITS
    }

    /// Returns the answer.
    ///
    /// # Panics
    /// When there is no answer.
    pub(crate) fn into_answer(mut self) -> Answer {
        self.0.as_mut().project().answer.take().expect("it was answered")
    }

    /// Fails a request for which the app could not even be called.
    pub(crate) fn fail(&mut self) {
        _ = self.0.as_mut().fail();
        self.0.as_mut().finish();
    }

    /// Polls once. `call` is the call of this request; `app` is needed if the request is new.
    ///
    /// # Errors
    /// The decision of the gate in front of the handler. No part of the handler has run.
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
    /// Drops the user's future. A panic in the drop is counted and recorded; an existing answer is sent in any case.
    fn finish(self: Pin<&mut Self>) {
        let mut this = self.project();
        _ = catch_entered(this.call, Stage::Drop, || this.step.set(Step::Answered));
    }

    /// Sets the answer, which makes the request ready.
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
            // A poll in which the handler waits for the body sets it again.
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
            // No client is there to read it.
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

    /// Polls user code once; when it is ready, also the first frame of its body.
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

    /// Arms or checks the timer. At the deadline the guard gets one poll to drop its handler, so that the answer
    /// passes through the middleware; without a guard the call ends here.
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
                let answer = timeout_response::time_out(&call, true, context, |context| {
                    _ = self.as_mut().poll_call(runtime, context);
                    let answer = self.as_mut().project().answer.take();
                    _ = catch_entered(&call, Stage::Drop, || drop(answer));
                });
                return self.set_answer(answer.map(ResponseBody::whole));
            }
            // A handler inside of others timed out; the outer handlers may continue.
        }
    }
}
