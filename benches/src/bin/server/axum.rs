//! axum, alone and with the three layers of tower-http that make it robust.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::fault;

/// With a timeout the layers are on.
pub async fn serve(timeout: Option<Duration>) {
    let mut router = axum::Router::new()
        .route("/ok", get(|| async { crate::HELLO }))
        .route("/block/a", get(|| async { fault::block::<&str>() }))
        .route("/block/b", get(|| async { fault::block::<&str>() }))
        .route("/block/c", get(|| async { fault::block::<&str>() }))
        .route("/spin", get(|| async { fault::spin::<&str>() }))
        .route("/panic", get(|| async { fault::panic::<&str>() }))
        .route("/await", get(fault::wait::<&str>))
        .route("/panic-body", get(|| async { Body::from_stream(fault::body(fault::panic)) }))
        .route("/block-body", get(|| async { Body::from_stream(fault::body(fault::block)) }))
        .route("/count", get(|| async { fault::count() }))
        .route("/poison", get(|| async { fault::poison() }))
        .route("/wedge", get(|| async { fault::wedge() }));
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
