//! The gate in front of a handler: the route is known only inside of the first poll, when the router has
//! matched. Where that route may not run on a worker now, the gate yields before anything of the handler
//! has run, and the request task moves the poll.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::admission::decision::AdmissionDecision;
use crate::request::current;

/// Stands in front of a handler that may not run here: pending once, so that the request task can act.
#[derive(Debug)]
pub(crate) struct Gate(AdmissionDecision);

impl Gate {
    pub(crate) fn new(decision: AdmissionDecision) -> Self {
        Self(decision)
    }

    /// Ready when the poll may continue.
    pub(crate) fn poll(&mut self, context: &Context<'_>) -> Poll<()> {
        let decision = std::mem::take(&mut self.0);
        if decision == AdmissionDecision::Run {
            return Poll::Ready(());
        }
        current::with(|call| call.set_decision(decision));
        // Middleware in between may poll only futures that were woken.
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

pin_project! {
    /// A handler that is polled when its route may go on.
    pub(crate) struct Gated<F> {
        gate: Gate,
        #[pin]
        future: F,
    }
}

impl<F> Gated<F> {
    pub(super) fn new(decision: AdmissionDecision, future: F) -> Self {
        Self { gate: Gate(decision), future }
    }
}

impl<F: Future> Future for Gated<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        ready!(this.gate.poll(context));
        this.future.poll(context)
    }
}
