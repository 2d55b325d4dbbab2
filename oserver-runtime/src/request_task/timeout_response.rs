//! The response to a request that has timed out.

use std::task::Context;

use bytes::Bytes;
use http::Response;

use crate::fault_log::fault;
use crate::fault_log::stack_record::StackRequest;
use crate::request::problem;
use crate::request::state::{Call, TimeoutCause};

/// Records the timeout of the call, and makes its response: 408 if it waited for its client's body, else 504. Call it
/// before the handler is dropped, because that drops the body.
///
/// With `can_look`, `look` may poll the call once more, to see where it awaits. The answer is known by then, so `look`
/// drops the result of that poll.
pub(crate) fn time_out(
    call: &Call,
    can_look: bool,
    context: &Context<'_>,
    look: impl FnOnce(&mut Context<'_>),
) -> Response<Bytes> {
    let is_stalled = call.progress.awaits_body.get() && !call.is_late_for_client();
    let how = if is_stalled { TimeoutCause::Stalled } else { TimeoutCause::Late };
    let (how, is_first) = call.time_out(how);
    let (response, stack) = record(call, how, is_first, can_look);
    if let Some(stack) = stack {
        stack.look(context.waker(), look);
    }
    response
}

/// As [`time_out`], for a call that waits for a thread, or holds one, and that its connection answers: 504.
pub(crate) fn pass(call: &Call) -> Response<Bytes> {
    let (how, is_first) = call.time_out(TimeoutCause::Late);
    if how == TimeoutCause::Blocked {
        // The side that found the block recorded it, and could not know whether a client waits.
        fault::late_by_block(call);
    }
    record(call, how, is_first, false).0
}

fn record(
    call: &Call,
    how: TimeoutCause,
    is_first: bool,
    can_look: bool,
) -> (Response<Bytes>, Option<StackRequest>) {
    match how {
        TimeoutCause::Late if call.is_late_for_client() => (problem::client_timeout(call), None),
        TimeoutCause::Late | TimeoutCause::Blocked => {
            let stack = if is_first { fault::timeout(call, can_look) } else { None };
            (problem::timeout(Some(call)), stack)
        }
        TimeoutCause::Stalled => {
            if is_first {
                fault::stalled_body(call);
            }
            (problem::stalled_body(Some(call)), None)
        }
    }
}
