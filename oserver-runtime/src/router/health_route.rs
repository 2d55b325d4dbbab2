//! `health()`: what a supervisor's probe asks, on the public router.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::guard::body::HandlerBody;
use crate::guard::guarded::Guarded;
use crate::meta::HandlerMeta;
use crate::request::current;
use crate::router::method_router::MethodRouter;
use crate::router::methods::get;

/// Answers whether the server is live and ready: 200 with `{"status":"pass"}`, or 503 with
/// `{"status":"fail"}` and nothing internal.
///
/// Mounted where a supervisor asks already, its shallow probe then tells the truth: it fails when a
/// route keeps failing, and, because it is a request like any other, when none is answered. See
/// [the table of `Serve`](crate::Serve#health) for what makes a server fail.
///
/// ```
/// # use oserver_runtime as oserver;
/// let router: oserver::Router = oserver::Router::new().route("/healthz", oserver::health());
/// # let _ = router;
/// ```
pub fn health<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(answer)
}

static META: HandlerMeta = HandlerMeta::new("health", module_path!(), file!(), line!());

fn answer() -> impl Future<Output = Guarded> + Send {
    HandlerBody::run(&META, async { response() })
}

fn response() -> Response {
    let is_well = current::with(|call| call.server.health.reasons_not_ready().is_empty());
    let (status, word) = match is_well {
        Some(false) => (StatusCode::SERVICE_UNAVAILABLE, "fail"),
        // Without a server around, as in a unit test, nothing is wrong with it.
        Some(true) | None => (StatusCode::OK, "pass"),
    };
    let headers = [(CONTENT_TYPE, "application/health+json"), (CACHE_CONTROL, "no-store")];
    (status, headers, format!("{{\"status\":\"{word}\"}}\n")).into_response()
}
