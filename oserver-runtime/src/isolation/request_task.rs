//! A request's whole service call (middleware, router, extractors, handler), in a task of its own.
//!
//! The connection task only waits for it: whatever happens in here, the connection can answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::Response;
use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::body_task;
use super::catch::{Caught, catch_entered, within};
use super::deadline;
use super::exchange::{Answer, Exchange};
use super::response_body::ResponseBody;
use crate::problem;
use crate::record::fault::Stage;
use crate::request::call::Call;

/// Answers requests: the user's half of a server.
pub trait App: Clone + Send + 'static {
    /// One request under way.
    type Future: Future<Output = Response> + Send + 'static;

    /// Starts to answer a request.
    fn answer(&self, request: Request) -> Self::Future;
}

pin_project! {
    /// Serves one request after the other. Every call, poll and drop of the user's code is under
    /// the catch, unless the runtime itself goes down.
    pub(super) struct RequestTask<A: App> {
        app: A,
        exchange: Arc<Exchange>,
        #[pin]
        running: Option<Running<A::Future>>,
    }
}

pin_project! {
    struct Running<F> {
        call: Arc<Call>,
        // `None` once the app has it.
        request: Option<Request>,
        // `None` once dropped, which happens under the catch.
        #[pin]
        service_call: Option<F>,
        // Made when a call is pending at the end of a poll: one that is ready at its first poll
        // never touches a timer.
        timer: Option<Pin<Box<Sleep>>>,
    }
}

impl<A: App> RequestTask<A> {
    pub(super) fn new(app: A, exchange: Arc<Exchange>) -> Self {
        Self { app, exchange, running: None }
    }
}

impl<A: App> Future for RequestTask<A> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            if this.running.is_none() {
                let Some((request, call)) = ready!(this.exchange.poll_job(context)) else {
                    return Poll::Ready(());
                };
                let request = Some(request);
                this.running.set(Some(Running { call, request, service_call: None, timer: None }));
            }
            let mut running = this.running.as_mut().as_pin_mut().expect("looked at above");
            let Poll::Ready(answer) = running.as_mut().poll(this.app, context) else {
                if running.call.wait() {
                    this.exchange.wake_connection();
                }
                return Poll::Pending;
            };
            // The call is let go of before the answer is given, so that the connection can use its
            // memory for the next.
            this.running.set(None);
            // Given back, it has no body that anybody polls: a body task ends with its reader.
            drop(this.exchange.answer(answer));
        }
    }
}

impl<F: Future<Output = Response>> Running<F> {
    fn poll<A: App<Future = F>>(
        mut self: Pin<&mut Self>,
        app: &A,
        context: &mut Context<'_>,
    ) -> Poll<Answer> {
        let call = Arc::clone(&self.call);
        within(&call, || {
            let answer = ready!(self.as_mut().poll_answer(app, context));
            // A panic in there is counted and written; the answer that exists is sent all the same.
            let mut this = self.project();
            _ = catch_entered(&call, Stage::Drop, || this.service_call.set(None));
            Poll::Ready(answer)
        })
    }

    fn poll_answer<A: App<Future = F>>(
        mut self: Pin<&mut Self>,
        app: &A,
        context: &mut Context<'_>,
    ) -> Poll<Answer> {
        // The connection sets this before it wakes the task.
        if !self.call.is_cancelled() {
            let answer = match self.as_mut().start(app) {
                Ok(()) => self.as_mut().poll_call(context),
                Err(Caught) => Poll::Ready(self.failed()),
            };
            let answer = match answer {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => self.as_mut().poll_deadline(context),
            };
            if let Some(answer) = answer {
                self.call.route().counters().requests.fetch_add(1, Ordering::Relaxed);
                return Poll::Ready(answer);
            }
        }
        if self.call.is_cancelled() {
            self.call.route().counters().cancelled.fetch_add(1, Ordering::Relaxed);
            // Nobody is there to read it.
            return Poll::Ready(http::Response::new(ResponseBody::empty()));
        }
        Poll::Pending
    }

    fn start<A: App<Future = F>>(self: Pin<&mut Self>, app: &A) -> Result<(), Caught> {
        let mut this = self.project();
        if let Some(request) = this.request.take() {
            let service_call = catch_entered(this.call, Stage::Service, || app.answer(request))?;
            this.service_call.set(Some(service_call));
        }
        Ok(())
    }

    /// One poll of the user's code; when it is ready, also of its body's first frame.
    fn poll_call(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let mut this = self.as_mut().project();
        let call = &*this.call;
        let polled = catch_entered(call, Stage::Service, || {
            let service_call = this.service_call.as_mut().as_pin_mut();
            service_call.expect("no poll after the response").poll(context).map(|response| {
                let (head, body) = response.into_parts();
                http::Response::from_parts(head, body_task::send(call, body, context))
            })
        });
        polled.unwrap_or_else(|Caught| Poll::Ready(self.failed()))
    }

    fn failed(&self) -> Answer {
        problem::internal_error(Some(&self.call)).map(ResponseBody::whole)
    }

    /// Arms or asks the timer. When it is time, the guard gets one poll to give up its handler, so
    /// that the answer takes its way through the middleware; without a guard the call ends here.
    fn poll_deadline(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Option<Answer> {
        let this = self.as_mut().project();
        let deadline = this.call.deadline()?.into();
        let timer = this.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() != deadline {
            // The handler became known since, and has a limit of its own.
            timer.as_mut().reset(deadline);
        }
        if timer.as_mut().poll(context).is_pending() {
            return None;
        }
        this.call.expire();
        match self.as_mut().poll_call(context) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => Some(deadline::give_up(&self.call).map(ResponseBody::whole)),
        }
    }
}
