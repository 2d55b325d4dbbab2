//! `health()`: the answer for a supervisor's or balancer's probe, on the public router.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::guard::body::HandlerBody;
use crate::guard::guarded::Guarded;
use crate::meta::HandlerMeta;
use crate::request::current;
use crate::router::method_router::MethodRouter;
use crate::router::methods::get;

/// Returns a handler that answers whether the server is live and ready: 200 with `{"status":"pass"}`, or 503 with
/// `{"status":"fail"}` and nothing internal.
///
/// Mount it where a probe asks already. The probe then fails when a route keeps failing. It also fails when no request
/// is answered, because it is a request like any other. See [the rules of `Serve`](crate::Serve#health) for the
/// reasons.
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
        // Outside of a server, as in a unit test, the answer is that all is well.
        Some(true) | None => (StatusCode::OK, "pass"),
    };
    let headers = [(CONTENT_TYPE, "application/health+json"), (CACHE_CONTROL, "no-store")];
    (status, headers, format!("{{\"status\":\"{word}\"}}\n")).into_response()
}
