//! Error bodies: problem details of RFC 9457, with the request's id and nothing internal.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};

use crate::request::state::Call;

/// The media type of these bodies.
pub(crate) const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Returns an error response with a sentence for the reader of the response.
pub(crate) fn response(status: StatusCode, detail: &str, call: Option<&Call>) -> Response<Bytes> {
    let mut problem = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": detail,
    });
    if let Some(call) = call {
        problem["request_id"] = call.id.to_string().into();
    }
    let mut response = Response::new(Bytes::from(problem.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, PROBLEM);
    response
}

/// 500: the handler failed.
pub(crate) fn internal_error(call: Option<&Call>) -> Response<Bytes> {
    let detail = "The server failed to answer this request; its log holds the reason.";
    response(StatusCode::INTERNAL_SERVER_ERROR, detail, call)
}

/// 504: the deadline has passed.
pub(crate) fn timeout(call: Option<&Call>) -> Response<Bytes> {
    response(StatusCode::GATEWAY_TIMEOUT, "The request was not answered in time.", call)
}

/// 408: the deadline of the client has passed, and that of the handler has not.
pub(crate) fn client_timeout(call: &Call) -> Response<Bytes> {
    let detail = "The deadline that came with the request has passed.";
    response(StatusCode::REQUEST_TIMEOUT, detail, Some(call))
}

/// 408: the body stopped arriving.
pub(crate) fn stalled_body(call: Option<&Call>) -> Response<Bytes> {
    response(StatusCode::REQUEST_TIMEOUT, "The body of the request did not arrive in time.", call)
}

/// 503: the server is going down.
pub(crate) fn shutting_down(call: Option<&Call>) -> Response<Bytes> {
    response(StatusCode::SERVICE_UNAVAILABLE, "The server is shutting down.", call)
}

/// 503: no thread is free for the request; a retry may find one.
pub(crate) fn overloaded(call: Option<&Call>) -> Response<Bytes> {
    let detail = "The server has no room for this request; try again later.";
    unavailable(call, detail)
}

/// 503: a resource that the request needs is missing; a retry may find it.
pub(crate) fn unavailable(call: Option<&Call>, detail: &str) -> Response<Bytes> {
    let mut response = response(StatusCode::SERVICE_UNAVAILABLE, detail, call);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// 413: the body is longer than the server allows.
pub(crate) fn too_large(call: Option<&Call>, limit: usize) -> Response<Bytes> {
    let detail = format!("The body of a request may have {limit} bytes here.");
    response(StatusCode::PAYLOAD_TOO_LARGE, &detail, call)
}

/// 431: the head is longer than the server allows.
pub(crate) fn head_too_large(call: Option<&Call>) -> Response<Bytes> {
    let detail = "Path and headers of the request are longer than the server allows.";
    response(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, detail, call)
}

/// 400: the request does not name its host (RFC 9112, 3.2).
pub(crate) fn no_host(call: Option<&Call>) -> Response<Bytes> {
    let detail = "A request needs one Host header, which names the host that it is for.";
    response(StatusCode::BAD_REQUEST, detail, call)
}
