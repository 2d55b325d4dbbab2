//! The server as it must not be.
#![allow(clippy::unwrap_used, reason = "the pattern is shown as it is found")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use super::faults;

type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// Shared by all connections.
#[derive(Default)]
struct State {
    visits: Mutex<u64>,
    orders: tokio::sync::Mutex<u64>,
}

pub(crate) fn start(runtime: Runtime) -> SocketAddr {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("loopback has a free port");
    let address = listener.local_addr().expect("a bound listener has an address");
    std::thread::spawn(move || runtime.block_on(accept(listener)));
    address
}

async fn accept(listener: TcpListener) {
    let state = Arc::<State>::default();
    loop {
        match listener.accept().await {
            Ok((stream, _peer)) => _ = tokio::spawn(connection(stream, Arc::clone(&state))),
            Err(error) => eprintln!("accept error: {error}"),
        }
    }
}

async fn connection(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(|request| answer(request, Arc::clone(&state)));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        eprintln!("connection error: {error}");
    }
}

async fn answer(request: Request<Incoming>, state: Arc<State>) -> hyper::Result<Answer> {
    Ok(match request.uri().path() {
        "/heartbeat" => text("alive"),
        "/visits" => text(visit(&state)),
        "/visits/panic" => text(visit_and_panic(&state)),
        "/visits/block" => text(visit_and_block(&state)),
        "/orders" => text(state.orders.lock().await.to_string()),
        "/orders/pay" => text(pay(&state).await),
        "/panic" => panic!("the handler broke"),
        "/block" => faults::block(),
        "/report" => Response::new(faults::report().boxed_unsync()),
        "/upload" => text(request.into_body().collect().await?.to_bytes().len().to_string()),
        _ => not_found(),
    })
}

fn visit(state: &State) -> String {
    let mut visits = state.visits.lock().unwrap();
    *visits += 1;
    visits.to_string()
}

fn visit_and_panic(state: &State) -> String {
    let mut visits = state.visits.lock().unwrap();
    *visits += 1;
    panic!("broken in the middle of visit {visits}")
}

fn visit_and_block(state: &State) -> String {
    let _visits = state.visits.lock().unwrap();
    faults::block()
}

async fn pay(state: &State) -> String {
    let mut orders = state.orders.lock().await;
    faults::payment().await;
    *orders += 1;
    orders.to_string()
}

fn text(text: impl Into<Bytes>) -> Answer {
    Response::new(Full::new(text.into()).boxed_unsync())
}

fn not_found() -> Answer {
    let mut answer = text("not found");
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}
