//! poem with its own middleware against panics, and a timeout around every handler.

use std::time::Duration;

use futures_util::StreamExt;
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::middleware::CatchPanic;
use poem::{Body, Endpoint, EndpointExt, Error, Route, Server, get, handler};
use tokio::net::TcpListener;

use crate::fault;

pub async fn serve(timeout: Duration) {
    let app = Route::new()
        .at("/ok", get(ok))
        .at("/block/a", get(block))
        .at("/block/b", get(block))
        .at("/block/c", get(block))
        .at("/spin", get(spin))
        .at("/panic", get(panic))
        .at("/await", get(wait))
        .at("/panic-body", get(panic_body))
        .at("/block-body", get(block_body))
        .at("/count", get(count))
        .at("/poison", get(poison))
        .at("/wedge", get(wedge))
        .with(CatchPanic::new())
        .around(move |app, request| async move {
            tokio::time::timeout(timeout, app.call(request))
                .await
                .unwrap_or_else(|_| Err(Error::from_status(StatusCode::GATEWAY_TIMEOUT)))
        });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    crate::announce(listener.local_addr().expect("an address"));
    let acceptor = TcpAcceptor::from_tokio(listener).expect("an acceptor");
    Server::new_with_acceptor(acceptor).run(app).await.expect("serving");
}

#[handler]
async fn ok() -> &'static str {
    crate::HELLO
}

#[handler]
async fn block() -> &'static str {
    fault::block()
}

#[handler]
async fn spin() -> &'static str {
    fault::spin()
}

#[handler]
async fn panic() -> &'static str {
    fault::panic()
}

#[handler]
async fn wait() -> &'static str {
    fault::wait().await
}

#[handler]
async fn panic_body() -> Body {
    stream(fault::panic)
}

#[handler]
async fn block_body() -> Body {
    stream(fault::block)
}

fn stream(fault: fn()) -> Body {
    Body::from_bytes_stream(fault::body(fault).map(|frame| frame.map_err(std::io::Error::other)))
}

#[handler]
async fn count() -> String {
    fault::count()
}

#[handler]
async fn poison() -> String {
    fault::poison()
}

#[handler]
async fn wedge() -> String {
    fault::wedge()
}
