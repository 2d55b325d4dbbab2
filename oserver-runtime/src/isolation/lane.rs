//! The connection's side of its request task.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::extract::Request;

use super::exchange::{Answer, Exchange};
use super::request_task::{App, RequestTask};
use super::response_body::ResponseBody;
use crate::problem;
use crate::request::call::Call;
use crate::request::id::REQUEST_ID;

/// A connection's request task, as long as the connection wants it. Dropped, the task ends when it
/// is done with what it has.
#[derive(Debug)]
pub(crate) struct Lane {
    exchange: Arc<Exchange>,
}

impl Lane {
    /// Starts a request task. It needs the runtime that the connection is polled on.
    pub(crate) fn start<A: App>(app: A) -> Self {
        let exchange = Arc::new(Exchange::default());
        tokio::spawn(RequestTask::new(app, Arc::clone(&exchange)));
        Self { exchange }
    }

    /// Whether the task is done with its last request. One that is not needs no waiting for: it keeps
    /// its lane, and the next request gets a lane of its own.
    pub(crate) fn is_free(&self) -> bool {
        self.exchange.is_idle()
    }

    /// Gives a request to the task, which must be free.
    pub(crate) fn send(&self, request: Request, call: &Arc<Call>) -> ResponseFuture {
        self.exchange.bring(request, call);
        ResponseFuture { exchange: Arc::clone(&self.exchange), call: Some(Arc::clone(call)) }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.exchange.close();
    }
}

/// The response of a request whose task could not even be started, because the user's app panicked
/// when it was cloned.
pub(crate) fn failed(call: &Arc<Call>) -> ResponseFuture {
    let answer = problem::internal_error(Some(call)).map(ResponseBody::whole);
    ResponseFuture { exchange: Arc::new(Exchange::answered(answer)), call: Some(Arc::clone(call)) }
}

/// Resolves to the response of a request. Dropped before that, it cancels the request.
#[derive(Debug)]
pub(crate) struct ResponseFuture {
    exchange: Arc<Exchange>,
    /// `None` when answered.
    call: Option<Arc<Call>>,
}

impl Future for ResponseFuture {
    type Output = Result<Answer, ClientGone>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let call = self.call.as_ref().expect("no poll after the response");
        let connection = &call.connection;
        if let Poll::Ready(mut answer) = self.exchange.poll_answer(context) {
            connection.watched.store(false, Ordering::Relaxed);
            answer.headers_mut().insert(REQUEST_ID, call.id.header_value());
            self.call = None;
            return Poll::Ready(Ok(answer));
        }
        // A handler that needs no waiting is answered also to a client that closed its side right
        // after its request.
        if connection.is_gone() && call.has_waited() {
            return Poll::Ready(Err(ClientGone));
        }
        connection.watched.store(true, Ordering::Relaxed);
        Poll::Pending
    }
}

/// The client went away before its answer. Ends the connection; nobody is there to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientGone;

impl std::fmt::Display for ClientGone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the client has gone")
    }
}

impl std::error::Error for ClientGone {}

impl Drop for ResponseFuture {
    fn drop(&mut self) {
        if let Some(call) = &self.call {
            // In this order: the task looks for the flag when it is woken.
            call.cancel();
            self.exchange.give_up();
        }
    }
}
