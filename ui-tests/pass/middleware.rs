//! A handler that is middleware: it takes what follows as `Next`.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use axum::middleware::{Next, from_fn, from_fn_with_state};
use oserver::extract::State;
use oserver::response::{IntoResponse, Response};
use oserver::routing::get;
use oserver::{Request, Router};

#[oserver::handler]
async fn passes_on(request: Request, next: Next) -> Response {
    next.run(request).await
}

#[oserver::handler(timeout = "2s")]
async fn with_state(State(name): State<String>, request: Request, next: Next) -> impl IntoResponse {
    if request.uri().path() == name {
        return name.into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().clear();
    response
}

#[oserver::handler]
async fn hello() -> &'static str {
    "hello"
}

fn main() {
    let _: Router = Router::new()
        .route("/", get(hello))
        .layer(from_fn(passes_on))
        .layer(from_fn_with_state(String::new(), with_state));
}
