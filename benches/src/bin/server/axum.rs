//! axum, alone and with the three layers of tower-http that make it robust.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::middleware::map_request;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::fault;
// oserver's extractors are axum's.
use crate::oserver::Blocks;
use crate::shapes;

/// With a timeout the layers are on.
pub async fn serve(timeout: Option<Duration>) {
    let mut router = axum::Router::new()
        .route("/ok", get(|| async { crate::HELLO }))
        .route("/block/a", get(|| async { fault::block::<&str>() }))
        .route("/block/b", get(|| async { fault::block::<&str>() }))
        .route("/block/c", get(|| async { fault::block::<&str>() }))
        .route("/spin", get(|| async { fault::spin::<&str>() }))
        .route("/panic", get(|| async { fault::panic::<&str>() }))
        .route("/panic-payload", get(|| async { fault::panic_payload::<&str>() }))
        .route("/middleware-panic", get(crate::HELLO).layer(map_request(panic_in_layer)))
        .route("/extractor-block", get(|_: Blocks| async { crate::HELLO }))
        .route("/await", get(fault::wait::<&str>))
        .route("/read-then-block", post(|_: Bytes| async { fault::block::<&str>() }))
        .route("/drop-then-block", post(drop_then_block))
        .route("/panic-body", get(|| async { Body::from_stream(fault::body(fault::panic)) }))
        .route("/block-body", get(|| async { Body::from_stream(fault::body(fault::block)) }))
        .route("/spin-body", get(|| async { Body::from_stream(fault::body(fault::spin)) }))
        .route("/count", get(|| async { fault::count() }))
        .route("/poison", get(|| async { fault::poison() }))
        .route("/wedge", get(|| async { fault::wedge() }))
        .route("/count-then-block", get(|| async { fault::count_then_block() }))
        .route("/users/{id}", get(async |Path(id): Path<u64>| id.to_string()))
        .route("/json", post(async |Json(value): Json<serde_json::Value>| Json(value)))
        .route("/large", get(|| async { shapes::large() }));
    for number in 0..shapes::MANY {
        router = router.route(&format!("/many/{number}"), get(|| async { crate::HELLO }));
    }
    if let Some(timeout) = timeout {
        router = router
            .layer(CatchPanicLayer::new())
            .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, timeout))
            .layer(TraceLayer::new_for_http());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    crate::announce(listener.local_addr().expect("an address"));
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("nodelay"));
    axum::serve(listener, router).await.expect("serving");
}

async fn panic_in_layer(_: Request) -> Request {
    fault::panic()
}

async fn drop_then_block(body: Body) -> &'static str {
    drop(body);
    fault::block()
}
