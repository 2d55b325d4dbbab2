//! What a request gets whose time is over.

use bytes::Bytes;
use http::Response;

use crate::fault_log::fault;
use crate::request::problem;
use crate::request::state::{Call, GivenUp};

/// Records that the call was given up and makes its answer: 408 when it was waiting for its
/// client's body, else 504. To be called before the handler is dropped, which lets go of the body.
pub(crate) fn give_up(call: &Call) -> Response<Bytes> {
    let how = if call.awaits_body() { GivenUp::Stalled } else { GivenUp::Late };
    let (how, is_first) = call.give_up(how);
    record(call, how, is_first)
}

/// As [`give_up`], for a call that is waiting for a thread, or holds one, and is answered by its
/// connection: 504.
pub(crate) fn pass(call: &Call) -> Response<Bytes> {
    let (how, is_first) = call.give_up(GivenUp::Late);
    if how == GivenUp::Blocked {
        // Who said so recorded it, and could not know whether there is a client to be answered.
        fault::late(call);
    }
    record(call, how, is_first)
}

fn record(call: &Call, how: GivenUp, is_first: bool) -> Response<Bytes> {
    match how {
        GivenUp::Late | GivenUp::Blocked => {
            if is_first {
                fault::timeout(call);
            }
            problem::timeout(Some(call))
        }
        GivenUp::Stalled => {
            if is_first {
                fault::stalled_body(call);
            }
            problem::stalled_body(Some(call))
        }
    }
}
