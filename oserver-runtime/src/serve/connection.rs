//! One connection: hyper reads and writes it, and each request on it becomes a request task.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use http::request::Parts;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use tokio::net::TcpStream;

use super::stream::Stream;
use super::timer::ConnectionTimer;
use crate::isolation::bulkhead::Bulkhead;
use crate::isolation::catch::catch;
use crate::isolation::lane::{self, ClientGone, Lane, ResponseFuture};
use crate::isolation::panic_hook;
use crate::isolation::response_body::{BrokenOff, ResponseBody};
use crate::isolation::work::App;
use crate::record::fault::{self, Stage};
use crate::request::body;
use crate::request::call::Call;
use crate::request::connection::ConnectionContext;
use crate::request::head::Head;
use crate::request::id::RequestId;
use crate::request::server::ServerContext;

/// Serves a connection to its end, in a task of its own.
pub(super) fn spawn<A: App>(
    tcp: TcpStream,
    app: A,
    server: Arc<ServerContext>,
    bulkhead: Arc<Bulkhead>,
) {
    let connection = Arc::new(ConnectionContext::new(Arc::clone(&server)));
    let stream = TokioIo::new(Stream::new(tcp, Arc::clone(&connection)));
    let requests = Requests {
        app,
        server,
        bulkhead,
        connection: Arc::clone(&connection),
        count: Cell::new(0),
        lane: RefCell::new(None),
        call: RefCell::new(None),
    };
    let served = http1::Builder::new()
        // Without a timer hyper's deadline for the head (30 s by default) would never fire.
        .timer(ConnectionTimer::default())
        // A client that has gone is found out by the stream, without a buffer for what it might say.
        .half_close(true)
        // Head and body in one piece: a list of pieces costs one twentieth of a request's CPU time.
        // Large bodies come in parts, so that no more than a part is copied at a time.
        .writev(false)
        .serve_connection(stream, requests);
    tokio::spawn(ConnectionTask { served: Some(served), connection });
}

pin_project! {
    /// Runs a connection to its end, and says so when that is not a good one. As a type of its own it
    /// is as large as what it runs; an async block would have room for it twice.
    struct ConnectionTask<F> {
        #[pin]
        served: Option<F>,
        connection: Arc<ConnectionContext>,
    }
}

impl<F: Future<Output = hyper::Result<()>>> Future for ConnectionTask<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            this.served.as_mut().as_pin_mut().expect("no poll after the end").poll(context)
        }));
        let end = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => None,
            Ok(Poll::Ready(Err(error))) => Some(End::Error(error)),
            Err(payload) => Some(End::Panic(payload)),
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| this.served.set(None))) {
            end_of_connection(this.connection, End::Panic(payload));
        }
        if let Some(end) = end {
            end_of_connection(this.connection, end);
        }
        Poll::Ready(())
    }
}

/// How a connection ended that did not end well.
enum End {
    Error(hyper::Error),
    /// Something that an app gave to be sent panicked when it was dropped: bytes that belong to a value
    /// of its own. hyper drops them, in the connection's task.
    Panic(Box<dyn Any + Send>),
}

fn end_of_connection(connection: &ConnectionContext, end: End) {
    match end {
        End::Error(error) if is_recorded(&error) => {}
        End::Error(error) => fault::connection(connection, &describe(&error)),
        End::Panic(payload) => {
            let what = "something in a response panicked when the connection was done with it";
            let text = panic_hook::text_of(&*payload).unwrap_or("(the panic carried no text)");
            fault::connection(connection, &format!("{what}: {text}"));
            // It may panic, too; then it is leaked.
            if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(next);
            }
        }
    }
}

/// The requests of one connection.
struct Requests<A: App> {
    app: A,
    server: Arc<ServerContext>,
    bulkhead: Arc<Bulkhead>,
    connection: Arc<ConnectionContext>,
    count: Cell<u64>,
    /// The request task of the last request, and the memory of its call: for the next one.
    lane: RefCell<Option<Lane<A>>>,
    call: RefCell<Option<Arc<Call>>>,
}

impl<A: App> Requests<A> {
    /// The call of a new request, in the memory of the last one if nobody looks at it any more.
    fn call_for(&self, parts: &Parts) -> Arc<Call> {
        let sequence = self.count.get() + 1;
        self.count.set(sequence);
        let id = RequestId::of(&parts.headers, self.connection.id_prefix, sequence);
        let mut kept = self.call.borrow_mut();
        if let Some(call) = kept.as_mut().and_then(Arc::get_mut) {
            call.renew(id, parts);
        } else {
            let (server, connection) = (Arc::clone(&self.server), Arc::clone(&self.connection));
            *kept = Some(Arc::new(Call::new(server, connection, id, Head::copy(parts))));
        }
        kept.as_ref().map(Arc::clone).expect("just put there")
    }
}

impl<A: App> Service<Request<Incoming>> for Requests<A> {
    type Response = http::Response<ResponseBody>;
    type Error = ClientGone;
    type Future = ResponseFuture<A>;

    fn call(&self, request: Request<Incoming>) -> ResponseFuture<A> {
        let (parts, incoming) = request.into_parts();
        let call = self.call_for(&parts);
        let request = Request::from_parts(parts, body::receive(incoming, &call));
        let mut lane = self.lane.borrow_mut();
        if let Some(lane) = lane.as_ref().filter(|lane| lane.is_free()) {
            return lane.send(request, &call);
        }
        match catch(&call, Stage::Service, || self.app.clone()) {
            Ok(app) => lane.insert(Lane::start(app, &self.bulkhead)).send(request, &call),
            Err(_) => lane::failed(&call),
        }
    }
}

/// A body that broke off was recorded as the fault that it is, and a client may go at any time.
fn is_recorded(error: &hyper::Error) -> bool {
    error.source().is_some_and(|source| source.is::<BrokenOff>() || source.is::<ClientGone>())
}

fn describe(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
