//! The OServer shape: one handler for everything, which matches on the path itself.
//!
//! The router is the handler's own; `oserver::route` tells the server under which name a request is
//! counted. Paths that have no name share 64 buckets.
//!
//! ```text
//! cargo run --example hyper_style
//! curl -i http://127.0.0.1:8080/health
//! curl -i http://127.0.0.1:8080/echo -d 'some text'
//! curl -i http://127.0.0.1:8080/panic
//! ```

use axum::http::{Method, StatusCode};
use http_body_util::BodyExt;
use oserver::Request;
use oserver::response::{IntoResponse, Response};

#[oserver::handler(timeout = "5s")]
async fn api(request: Request) -> oserver::Result<Response> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/health") => {
            oserver::route("health").await;
            Ok("ok\n".into_response())
        }
        (&Method::POST, "/echo") => {
            oserver::route("echo").await;
            Ok(request.into_body().collect().await?.to_bytes().into_response())
        }
        (&Method::GET, "/panic") => {
            oserver::route("panic").await;
            panic!("this route is broken")
        }
        _ => Ok((StatusCode::NOT_FOUND, "there is no such path\n").into_response()),
    }
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    oserver::serve(oserver::bind("127.0.0.1:8080").await?, api).await?;
    Ok(())
}
