//! The last steps of every response, before it is sent.

use http::header::CONNECTION;
use http::{HeaderValue, Method, StatusCode};

use crate::fault_log::alarm_record;
use crate::request::grpc;
use crate::request::state::{Call, Overdue};
use crate::request_id::REQUEST_ID;
use crate::request_task::future::Answer;
use crate::response_body::outgoing::ResponseBody;

/// Returns `true` if the client need not send the rest of its request's body after this status.
pub(super) fn leaves_body(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE)
}

/// Returns `true` if the connection changes its protocol after this status.
fn is_upgrade(call: &Call, status: StatusCode) -> bool {
    status == StatusCode::SWITCHING_PROTOCOLS
        || (call.head.method == Method::CONNECT
            && status.is_success()
            && !call.connection.multiplexed.get())
}

/// Counts a response that will be sent, and gives it the headers that every response has.
pub(crate) fn complete(call: &Call, answer: &mut Answer, is_last: bool) {
    let connection = &call.connection;
    call.route().counters.answered(answer.status().as_u16(), call.elapsed());
    call.leave_in_flight();
    let well = alarm_record::answered(call, answer.status());
    grpc::translate(call, answer, ResponseBody::empty());
    answer.headers_mut().insert(REQUEST_ID, call.id.header_value());
    if call.progress.probe.get() && call.overdue() == Overdue::Answered {
        call.route().breaker.probe_was_good();
    }
    if is_last && !connection.multiplexed.get() {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if is_upgrade(call, answer.status()) {
        connection.upgraded.set(true);
    }
    connection.request_was_answered();
    answer.body_mut().begin(call, well);
}
