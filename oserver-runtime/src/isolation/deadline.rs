//! What a request gets whose time is over.

use bytes::Bytes;
use http::Response;

use crate::problem;
use crate::record::fault;
use crate::request::call::{Call, GivenUp};

/// Records that the call was given up and makes its answer: 408 when it was waiting for its
/// client's body, else 504. To be called before the handler is dropped, which lets go of the body.
pub(crate) fn give_up(call: &Call) -> Response<Bytes> {
    let how = if call.awaits_body() { GivenUp::Stalled } else { GivenUp::Late };
    give_up_as(call, how)
}

/// As [`give_up`], for a call that is waiting for a thread, or holds one: 504.
pub(crate) fn pass(call: &Call) -> Response<Bytes> {
    give_up_as(call, GivenUp::Late)
}

fn give_up_as(call: &Call, how: GivenUp) -> Response<Bytes> {
    match call.give_up(how) {
        (GivenUp::Late, first) => {
            if first {
                fault::timeout(call);
            }
            problem::timeout(Some(call))
        }
        (GivenUp::Stalled, first) => {
            if first {
                fault::stalled_body(call);
            }
            problem::stalled_body(Some(call))
        }
    }
}
