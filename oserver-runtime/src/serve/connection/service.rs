//! The service that hyper calls for each request of a connection.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::service::Service;

use crate::fault_log::fault::Stage;
use crate::panic::catch::catch;
use crate::request::connection::ConnectionContext;
use crate::request::state::Call;
use crate::request::{body, problem};
use crate::request_task::first_poll;
use crate::request_task::future::RequestFuture;
use crate::request_task::handle::RequestTaskHandle;
use crate::request_task::response::{ClientGone, ResponseFuture};
use crate::request_task::target::ServeTarget;
use crate::response_body::outgoing::ResponseBody;
use crate::watchdog::runtime_context::RuntimeContext;

/// The requests of one connection.
pub(super) struct Requests<A: ServeTarget> {
    app: A,
    runtime: Arc<RuntimeContext>,
    connection: Arc<ConnectionContext>,
    count: Cell<u64>,
    /// The request task of the last request, and the memory of its call: for the next one.
    handle: RefCell<Option<RequestTaskHandle<A>>>,
    call: RefCell<Option<Arc<Call>>>,
}

impl<A: ServeTarget> Requests<A> {
    pub(super) fn new(
        app: A,
        runtime: Arc<RuntimeContext>,
        connection: Arc<ConnectionContext>,
    ) -> Self {
        let (count, handle, call) = Default::default();
        Self { app, runtime, connection, count, handle, call }
    }

    /// Returns the call of a new request. It reuses the memory of the last one if that has no other reference.
    fn call_for(&self, parts: &Parts) -> Arc<Call> {
        let sequence = self.count.get() + 1;
        self.count.set(sequence);
        let mut kept = self.call.borrow_mut();
        if let Some(call) = kept.as_mut().and_then(Arc::get_mut) {
            call.renew(sequence, parts);
        } else {
            let connection = Arc::clone(&self.connection);
            let server = Arc::clone(&connection.server);
            *kept = Some(Arc::new(Call::new(server, connection, sequence, parts)));
        }
        kept.as_ref().map(Arc::clone).expect("just put there")
    }

    /// Returns the response of a request that must not reach the app.
    fn refuse(&self, parts: &Parts, incoming: &Incoming, call: &Call) -> Option<Response<Bytes>> {
        if parts.version == Version::HTTP_11 && !call.head.has_host() {
            return Some(problem::no_host(Some(call)));
        }
        // hyper looks at its limit only between two reads, of which one may submit twice as much.
        if call.head.size > call.server.network.max_head_size {
            return Some(problem::head_too_large(Some(call)));
        }
        let limit = call.server.network.max_body_size;
        if incoming.size_hint().lower() > limit as u64 {
            return Some(problem::too_large(Some(call), limit));
        }
        None
    }
}

impl<A: ServeTarget> Service<Request<Incoming>> for Requests<A> {
    type Response = Response<ResponseBody>;
    type Error = ClientGone;
    type Future = ResponseFuture<A>;

    fn call(&self, request: Request<Incoming>) -> ResponseFuture<A> {
        let (mut parts, incoming) = request.into_parts();
        if parts.version == Version::HTTP_10 {
            self.connection.http10.set(true);
        }
        self.connection.extend(&mut parts.extensions);
        let call = self.call_for(&parts);
        call.begin();
        if let Some(answer) = self.refuse(&parts, &incoming, &call) {
            if !incoming.is_end_stream() {
                self.connection.unread.set(true);
            }
            return ResponseFuture::known(call, answer);
        }
        let has_body = !incoming.is_end_stream();
        let mut request = Request::from_parts(parts, body::receive(incoming, &call));
        if has_body {
            // The server's limit counts, unless a route sets a lower one.
            DefaultBodyLimit::disable().apply(&mut request);
        }
        let mut handle = self.handle.borrow_mut();
        let may_poll = self.connection.may_poll_handler();
        let mut work = RequestFuture::new(request, call);
        if may_poll {
            let polled = match (&*handle, self.connection.task()) {
                (Some(handle), _) if has_body => {
                    let call = Arc::clone(work.call());
                    let app = || catch(&call, Stage::Service, || self.app.clone()).ok();
                    handle.poll_soon(work, app, &self.runtime)
                }
                (Some(handle), _) => handle.poll_here(work, &self.app, &self.runtime),
                (None, Some(task)) if !has_body => {
                    first_poll::poll_without_task(work, &self.app, &self.runtime, task)
                }
                _ => Err(work),
            };
            work = match polled {
                Ok(response) => return response,
                Err(work) => work,
            };
        }
        if let Some(handle) = &*handle {
            work = match handle.send(work) {
                Ok(response) => return response,
                Err(work) => work,
            };
        }
        match catch(work.call(), Stage::Service, || self.app.clone()) {
            Ok(app) => {
                let (started, response) = RequestTaskHandle::start(app, work, &self.runtime);
                *handle = Some(started);
                response
            }
            Err(_) => {
                let answer = problem::internal_error(Some(work.call()));
                ResponseFuture::known(Arc::clone(work.call()), answer)
            }
        }
    }
}
