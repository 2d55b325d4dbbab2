//! Layers of tower-http and tower_governor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use oserver::Router;
use oserver::routing::get;
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;
use tower_http::auth::AsyncRequireAuthorizationLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::{client, start};

#[oserver::handler]
async fn long() -> String {
    "a text that can be made shorter ".repeat(100)
}

#[oserver::handler]
async fn slow() -> &'static str {
    std::future::pending().await
}

fn router() -> Router {
    Router::new().route("/", get(long)).route("/slow", get(slow))
}

#[tokio::test(flavor = "multi_thread")]
async fn trace_layer_sees_each_request_and_its_answer() {
    let (requests, answers) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let (begun, ended) = (Arc::clone(&requests), Arc::clone(&answers));
    let layer = TraceLayer::new_for_http()
        .on_request(move |_: &Request, _: &tracing::Span| {
            begun.fetch_add(1, Ordering::SeqCst);
        })
        .on_response(move |_: &Response, _: Duration, _: &tracing::Span| {
            ended.fetch_add(1, Ordering::SeqCst);
        });
    let server = start(router().layer(layer)).await;
    assert_eq!(crate::get(format!("http://{server}/")).await.0, 200);
    assert_eq!((requests.load(Ordering::SeqCst), answers.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn cors_layer_answers_preflight_requests() {
    let server = start(router().layer(CorsLayer::new().allow_origin(Any).allow_methods(Any))).await;
    let request = client()
        .request(reqwest::Method::OPTIONS, format!("http://{server}/"))
        .header("origin", "https://shop.example.org")
        .header("access-control-request-method", "GET");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn compression_layer_compresses_bodies() {
    let server = start(router().layer(CompressionLayer::new())).await;
    // One that does not decompress by itself.
    let client = reqwest::Client::builder().no_gzip().build().expect("a client");
    let request = client.get(format!("http://{server}/")).header("accept-encoding", "gzip");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let compressed = answer.bytes().await.expect("a body").len();
    assert!(compressed < 500, "{compressed}");
    // A client that understands it reads the text.
    assert_eq!(crate::get(format!("http://{server}/")).await.1.len(), 3200);
}

async fn authorize(request: Request) -> Result<Request, Response> {
    let is_known = request.headers().get("authorization").is_some_and(|token| token == "Bearer 7");
    if is_known { Ok(request) } else { Err(StatusCode::UNAUTHORIZED.into_response()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn authorization_layer_refuses_requests_without_their_token() {
    let server = start(router().layer(AsyncRequireAuthorizationLayer::new(authorize))).await;
    let url = format!("http://{server}/");
    assert_eq!(client().get(&url).send().await.expect("an answer").status(), 401);
    assert_eq!(client().get(&url).bearer_auth(7).send().await.expect("an answer").status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn timeout_layer_answers_before_the_deadline_of_the_server() {
    let layer =
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(50));
    let server = start(router().layer(layer)).await;
    assert_eq!(crate::get(format!("http://{server}/slow")).await.0, 408);
    assert_eq!(crate::get(format!("http://{server}/")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn governor_limits_each_peer() {
    let limits = GovernorConfigBuilder::default().per_second(3600).burst_size(2).finish();
    let server = start(router().layer(GovernorLayer::new(limits.expect("limits")))).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(crate::get(format!("http://{server}/")).await.0);
    }
    assert_eq!(seen, [200, 200, 429]);
}

/// A function as a layer.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_as_middleware_changes_answers() {
    async fn stamp(request: Request, next: axum::middleware::Next) -> (HeaderMap, Response) {
        let mut headers = HeaderMap::new();
        headers.insert("x-stamp", HeaderValue::from_static("seen"));
        (headers, next.run(request).await)
    }
    let server = start(router().layer(axum::middleware::from_fn(stamp))).await;
    let answer = client().get(format!("http://{server}/")).send().await.expect("an answer");
    assert_eq!(answer.headers()["x-stamp"], "seen");
}
