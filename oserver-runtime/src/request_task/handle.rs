//! The connection's side of its request task.

use std::sync::Arc;

use crate::request_task::future::RequestFuture;
use crate::request_task::response::ResponseFuture;
use crate::request_task::target::ServeTarget;
use crate::request_task::task::{RequestHandoff, RequestTask};
use crate::watchdog::runtime_context::RuntimeContext;

/// A connection's handle of its request task. When it is dropped, the task ends after its current request.
pub(crate) struct RequestTaskHandle<A: ServeTarget> {
    pub(super) handoff: Arc<RequestHandoff<A>>,
}

impl<A: ServeTarget> RequestTaskHandle<A> {
    /// Starts a request task with its first request. It needs the runtime that the connection is
    /// polled on.
    pub(crate) fn start(
        app: A,
        work: RequestFuture<A>,
        runtime: &Arc<RuntimeContext>,
    ) -> (Self, ResponseFuture<A>) {
        let call = Arc::clone(work.call());
        let handle = Self { handoff: Arc::new(RequestHandoff::with(work)) };
        tokio::spawn(RequestTask::new(app, Arc::clone(&handle.handoff), Arc::clone(runtime)));
        let response = ResponseFuture::from_task(call, &handle.handoff);
        (handle, response)
    }

    /// Gives a request to the task.
    ///
    /// # Errors
    /// The request, if the task still has its last one. The caller need not wait: the task keeps its handle, and the
    /// next request gets its own handle.
    pub(crate) fn send(
        &self,
        work: RequestFuture<A>,
    ) -> Result<ResponseFuture<A>, RequestFuture<A>> {
        let call = Arc::clone(work.call());
        self.handoff.submit(work)?;
        Ok(ResponseFuture::from_task(call, &self.handoff))
    }
}

impl<A: ServeTarget> Drop for RequestTaskHandle<A> {
    fn drop(&mut self) {
        self.handoff.close();
    }
}
