//! gRPC over HTTP/2: how long a client waits, and errors in a form that its library reads
//! ([PROTOCOL-HTTP2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)).

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

use crate::request::head::Head;
use crate::request::problem::PROBLEM;
use crate::request::state::Call;

impl Head {
    fn header(&self, wanted: &str) -> Option<&[u8]> {
        self.headers().find(|(name, _)| *name == wanted).map(|(_, value)| value)
    }

    fn is_grpc(&self) -> bool {
        // `application/grpc-web` is another protocol.
        let rest = self.header("content-type").and_then(|ty| ty.strip_prefix(b"application/grpc"));
        rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
    }

    /// Returns how long the client of a gRPC call waits. `None` if the header is missing or malformed.
    pub(crate) fn grpc_timeout(&self) -> Option<Duration> {
        self.header("grpc-timeout").filter(|_| self.is_grpc()).and_then(timeout)
    }
}

/// Reads at most 8 digits and a unit.
fn timeout(value: &[u8]) -> Option<Duration> {
    let (unit, digits) = value.split_last()?;
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| (1..=8).contains(&digits.len()))?;
    let number: u64 =
        digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())??;
    Some(match unit {
        b'H' => Duration::from_secs(number * 3600),
        b'M' => Duration::from_secs(number * 60),
        b'S' => Duration::from_secs(number),
        b'm' => Duration::from_millis(number),
        b'u' => Duration::from_micros(number),
        b'n' => Duration::from_nanos(number),
        _ => return None,
    })
}

/// Turns an error response of this server into one for the client of a gRPC call: status 200, and `grpc-status` in the
/// head.
pub(crate) fn translate<B>(call: &Call, response: &mut Response<B>, no_body: B) {
    // In this order: a request over HTTP/1 pays only for the first check.
    let is_grpc = call.connection.multiplexed.get() && call.head.is_grpc();
    if !is_grpc || response.headers().get(CONTENT_TYPE) != Some(&PROBLEM) {
        return;
    }
    let (status, message) = match response.status().as_u16() {
        408 | 504 => ("4", "the deadline has passed"),
        413 | 431 => ("8", "the call is larger than the server allows"),
        503 => ("14", "the server cannot answer this call now"),
        _ => ("13", "the server failed to answer this call; its log holds the reason"),
    };
    *response = Response::new(no_body);
    let fields =
        [("content-type", "application/grpc"), ("grpc-status", status), ("grpc-message", message)];
    for (name, value) in fields {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[test]
    fn a_timeout_has_up_to_eight_digits_and_a_unit() {
        let read = |text: &str| timeout(text.as_bytes());
        assert_eq!(read("1H"), Some(Duration::from_secs(3600)));
        assert_eq!(read("2M"), Some(Duration::from_secs(120)));
        assert_eq!(read("3S"), Some(Duration::from_secs(3)));
        assert_eq!(read("0m"), Some(Duration::ZERO));
        assert_eq!(read("100m"), Some(Duration::from_millis(100)));
        assert_eq!(read("5u"), Some(Duration::from_micros(5)));
        assert_eq!(read("99999999n"), Some(Duration::from_nanos(99_999_999)));
        assert_eq!(read("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        for wrong in
            ["", "S", "1", "1s", "123456789S", "-1S", "+1S", "1 S", "1.5S", "1SS", "\u{e9}S"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_calls_of_grpc_have_a_timeout() {
        let read = |content_type: &str| {
            let request = Request::post("/")
                .header("grpc-timeout", "1S")
                .header("content-type", content_type);
            Head::copy(&request.body(()).expect("a request").into_parts().0).grpc_timeout()
        };
        for grpc in ["application/grpc", "application/grpc+proto", "application/grpc;a=b"] {
            assert_eq!(read(grpc), Some(Duration::from_secs(1)), "{grpc}");
        }
        for other in ["application/json", "application/grpc-web", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
