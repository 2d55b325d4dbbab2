//! The trace of a request: the id in its `traceparent` header ([W3C Trace
//! Context](https://www.w3.org/TR/trace-context/)).
//!
//! It is read when a record or a line is written, so a request without faults costs nothing.

use crate::request::head::Head;
use crate::request::state::Call;

impl Call {
    /// Returns the id of the trace. `None` where the client named none, or in a form that the specification forbids.
    pub(crate) fn trace_id(&self) -> Option<&str> {
        of_request(&self.head)
    }
}

fn of_request(head: &Head) -> Option<&str> {
    let mut fields = head.headers().filter(|(name, _)| *name == "traceparent");
    let (_, value) = fields.next()?;
    // Two of them contradict each other.
    if fields.next().is_some() { None } else { trace_id(std::str::from_utf8(value).ok()?) }
}

/// Reads `version-trace-parent-flags`. Versions after 00 may have more at the end.
fn trace_id(text: &str) -> Option<&str> {
    let mut parts = text.splitn(5, '-');
    let mut part = |length| parts.next().filter(|part| is_hex(part, length));
    let (version, trace, parent, _flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
    let is_id = |id: &str| id.bytes().any(|byte| byte != b'0');
    let is_known = version != "ff" && (version != "00" || parts.next().is_none());
    (is_known && is_id(trace) && is_id(parent)).then_some(trace)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_trace_id_is_read_from_what_the_specification_allows() {
        let valid = format!("00-{TRACE}-00f067aa0ba902b7-01");
        assert_eq!(trace_id(&valid), Some(TRACE));
        // A version that comes later may say more.
        assert_eq!(trace_id(&valid.replacen("00-", "cc-", 1)), Some(TRACE));
        assert_eq!(trace_id(&(valid.replacen("00-", "cc-", 1) + "-more")), Some(TRACE));
        for wrong in [
            String::new(),
            TRACE.to_owned(),
            valid.replacen("00-", "ff-", 1),
            valid.clone() + "-more",
            valid.to_uppercase(),
            valid.replace(TRACE, &"0".repeat(32)),
            valid.replace("00f067aa0ba902b7", &"0".repeat(16)),
            valid.replace("-01", "-1"),
            valid.replace('4', "\""),
        ] {
            assert_eq!(trace_id(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn two_fields_name_no_trace() {
        let field = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let head = |request: http::request::Builder| {
            Head::copy(&request.body(()).expect("a request").into_parts().0)
        };
        let request = || Request::get("/").header("traceparent", &field);
        assert_eq!(of_request(&head(request())), Some(TRACE));
        assert_eq!(of_request(&head(request().header("traceparent", &field))), None);
        assert_eq!(of_request(&head(Request::get("/"))), None);
    }
}
