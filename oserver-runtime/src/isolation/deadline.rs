//! What a request gets whose time is over.

use bytes::Bytes;
use http::Response;

use crate::problem;
use crate::record::fault;
use crate::request::call::Call;

/// Records that the call was given up and makes its answer: 408 when it was waiting for its
/// client's body, else 504. To be called before the handler is dropped, which lets go of the body.
pub(crate) fn give_up(call: &Call) -> Response<Bytes> {
    if !call.awaits_body() {
        return pass(call);
    }
    if call.give_up() {
        fault::stalled_body(call);
    }
    problem::stalled_body(Some(call))
}

/// As [`give_up`], for a call that is waiting for a thread, or holds one: 504.
pub(crate) fn pass(call: &Call) -> Response<Bytes> {
    // Connection and request task may come here at the same time; it is one request.
    if call.give_up() {
        fault::timeout(call);
    }
    problem::timeout(Some(call))
}
