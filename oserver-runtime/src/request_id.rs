//! Identifiers of requests and connections.

use oserver_state::__private::{HandlerParam, HandlerState, OnlyTheDerive};
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id that is taken over from a client.
const LONGEST_GIVEN: usize = 128;

/// Tells the ids of this process from those of every other. The keys of std's hasher come from the
/// operating system's randomness; an id must be unique, not secret.
static PROCESS: LazyLock<u64> = LazyLock::new(|| {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
});

/// A connection: counted from 1 in the order of acceptance, in the whole process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionId(u64);

impl ConnectionId {
    pub(crate) fn next() -> Self {
        static ACCEPTED: AtomicU64 = AtomicU64::new(1);
        Self(ACCEPTED.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn get(self) -> u64 {
        self.0
    }
}

/// Identifies one request in records, in the `x-request-id` header and in error bodies.
///
/// Taken from the request's `x-request-id` when that is 1 to 128 characters out of
/// `A-Z a-z 0-9 - _ . : / + = ~ @`, otherwise made by the server.
///
/// ```
/// # use oserver_runtime::RequestId;
/// async fn handler(id: RequestId) -> String {
///     format!("your request is {id}")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Origin);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// Checked to be printable.
    Given(HeaderValue),
    /// Written out only when somebody wants to read it.
    Made { prefix: IdPrefix, sequence: u64 },
}

impl RequestId {
    /// The id of a request with these headers, the `sequence`th on its connection.
    pub(crate) fn of(headers: &HeaderMap, prefix: IdPrefix, sequence: u64) -> Self {
        Self(match headers.get(&REQUEST_ID) {
            Some(given) if valid(given.as_bytes()) => Origin::Given(given.clone()),
            _ => Origin::Made { prefix, sequence },
        })
    }

    pub(crate) fn outside_of_a_server(headers: &HeaderMap) -> Self {
        Self::of(headers, IdPrefix::of(ConnectionId(0)), 0)
    }

    pub(crate) fn header_value(&self) -> HeaderValue {
        match &self.0 {
            Origin::Given(value) => value.clone(),
            Origin::Made { prefix, sequence } => {
                let mut text = [0; MADE_LENGTH];
                let text = write_made(&mut text, prefix, *sequence);
                HeaderValue::from_bytes(text).expect("hex digits and dashes are a header value")
            }
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.header_value();
        formatter.write_str(value.to_str().expect("a request id is printable ASCII"))
    }
}

fn valid(id: &[u8]) -> bool {
    !id.is_empty()
        && id.len() <= LONGEST_GIVEN
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=~@".contains(byte))
}

/// Three numbers of 64 bits in hex, and the dashes between them.
const MADE_LENGTH: usize = PREFIX_LENGTH + 16;
const PREFIX_LENGTH: usize = 16 + 1 + 16 + 1;

/// `process-connection-`, written once a connection: every response carries an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdPrefix {
    text: [u8; PREFIX_LENGTH],
    length: u8,
}

impl IdPrefix {
    pub(crate) fn of(connection: ConnectionId) -> Self {
        let mut prefix = Self { text: [0; PREFIX_LENGTH], length: 0 };
        let written = format!("{:016x}-{:x}-", *PROCESS, connection.0);
        prefix.text[..written.len()].copy_from_slice(written.as_bytes());
        prefix.length = written.len() as u8;
        prefix
    }

    fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

/// Prefix and sequence, without the detour through `fmt`.
fn write_made<'a>(buffer: &'a mut [u8; MADE_LENGTH], prefix: &IdPrefix, sequence: u64) -> &'a [u8] {
    let prefix = prefix.as_bytes();
    buffer[..prefix.len()].copy_from_slice(prefix);
    let digits = (u64::BITS - (sequence | 1).leading_zeros()).div_ceil(4) as usize;
    let end = prefix.len() + digits;
    let mut rest = sequence;
    for place in buffer[prefix.len()..end].iter_mut().rev() {
        *place = b"0123456789abcdef"[(rest % 16) as usize];
        rest /= 16;
    }
    &buffer[..end]
}

impl HandlerParam for RequestId {
    fn derive_handler_param(&self, _: OnlyTheDerive) {}
}

impl HandlerState for RequestId {
    fn derive_handler_state(&self, _: OnlyTheDerive) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(given: &'static str) -> RequestId {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static(given));
        RequestId::of(&headers, IdPrefix::of(ConnectionId(0x1f)), 0xa3)
    }

    #[test]
    fn a_made_id_names_process_connection_and_sequence() {
        let made = RequestId::of(&HeaderMap::new(), IdPrefix::of(ConnectionId(0x1f)), 0xa3);
        assert_eq!(made.to_string(), format!("{:016x}-1f-a3", *PROCESS));
        let largest =
            RequestId::of(&HeaderMap::new(), IdPrefix::of(ConnectionId(u64::MAX)), u64::MAX);
        assert_eq!(largest.to_string().len(), MADE_LENGTH);
        let zero = RequestId::of(&HeaderMap::new(), IdPrefix::of(ConnectionId(0)), 0);
        assert_eq!(zero.to_string(), format!("{:016x}-0-0", *PROCESS));
    }

    #[test]
    fn a_valid_given_id_is_kept() {
        assert_eq!(
            id_of("3f2504e0-4f89-11d3/9a0c:0305").to_string(),
            "3f2504e0-4f89-11d3/9a0c:0305"
        );
    }

    #[test]
    fn an_id_that_could_spoil_a_log_or_a_header_is_replaced() {
        for bad in ["", "two words", "quote\"", "new\tline", "<script>"] {
            assert!(id_of(bad).to_string().ends_with("-1f-a3"), "{bad:?} was taken over");
        }
        let long = HeaderValue::from_bytes(&[b'a'; LONGEST_GIVEN + 1]).unwrap();
        let headers = HeaderMap::from_iter([(REQUEST_ID, long)]);
        assert!(
            RequestId::of(&headers, IdPrefix::of(ConnectionId(1)), 2).to_string().ends_with("-1-2")
        );
    }
}
