//! Identifiers of requests and connections.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id that is taken over from a client.
const LONGEST_GIVEN: usize = 128;

/// Distinguishes the ids of this process from those of every other process. The keys of std's hasher come from the
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
#[derive(Clone)]
pub struct RequestId(Text);

#[derive(Clone)]
enum Text {
    /// Checked by [`is_valid`].
    Given(HeaderValue),
    Made(Made),
}

impl RequestId {
    /// Creates the id of a request that brings the id `given`, the `sequence`th on its connection.
    pub(crate) fn of(given: Option<&HeaderValue>, prefix: &IdPrefix, sequence: u64) -> Self {
        Self(match given {
            Some(given) if is_valid(given.as_bytes()) => Text::Given(given.clone()),
            _ => Text::Made(Made::new(prefix, sequence)),
        })
    }

    pub(crate) fn outside_of_a_server(headers: &HeaderMap) -> Self {
        Self::of(headers.get(&REQUEST_ID), &IdPrefix::of(ConnectionId(0)), 0)
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Given(value) => value.to_str().expect("checked to be printable"),
            Text::Made(made) => made.as_str(),
        }
    }

    pub(crate) fn header_value(&self) -> HeaderValue {
        match &self.0 {
            Text::Given(value) => value.clone(),
            Text::Made(made) => HeaderValue::from_bytes(made.as_bytes())
                .expect("hex digits and dashes are a header value"),
        }
    }
}

impl AsRef<str> for RequestId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for RequestId {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RequestId {}

impl Hash for RequestId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("RequestId").field(&self.as_str()).finish()
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    /// Parses an id that a client may send as `x-request-id`.
    fn from_str(text: &str) -> Result<Self, InvalidRequestId> {
        let value = HeaderValue::from_str(text).ok().filter(|_| is_valid(text.as_bytes()));
        value.map(|value| Self(Text::Given(value))).ok_or(InvalidRequestId(()))
    }
}

/// A text is not a [`RequestId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRequestId(());

impl fmt::Display for InvalidRequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "a request id has 1 to 128 characters, each a letter or digit of ASCII or one of `-_.:/+=~@`",
        )
    }
}

impl std::error::Error for InvalidRequestId {}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

oserver_state::__derived! { [] RequestId, held oserver_state::__private::Nothing }

fn is_valid(id: &[u8]) -> bool {
    !id.is_empty()
        && id.len() <= LONGEST_GIVEN
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=~@".contains(byte))
}

/// Three numbers of 64 bits in hex, and the dashes between them.
const MADE_LENGTH: usize = PREFIX_LENGTH + 16;
const PREFIX_LENGTH: usize = 16 + 1 + 16 + 1;

/// `process-connection-`, written once for each connection: every response carries an id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdPrefix(Written<PREFIX_LENGTH>);

impl IdPrefix {
    pub(crate) fn of(connection: ConnectionId) -> Self {
        let (mut text, written) =
            ([0; PREFIX_LENGTH], format!("{:016x}-{:x}-", *PROCESS, connection.0));
        text[..written.len()].copy_from_slice(written.as_bytes());
        Self(Written { text, length: written.len() as u8 })
    }
}

/// ASCII characters, at most `N`.
#[derive(Clone, Copy, Debug)]
struct Written<const N: usize> {
    text: [u8; N],
    length: u8,
}

impl<const N: usize> Written<N> {
    fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

/// An id that the server made, written once: every response carries it.
type Made = Written<MADE_LENGTH>;

impl Made {
    /// Writes prefix and sequence, without `fmt`.
    fn new(prefix: &IdPrefix, sequence: u64) -> Self {
        let mut text = [0; MADE_LENGTH];
        let prefix = prefix.0.as_bytes();
        text[..prefix.len()].copy_from_slice(prefix);
        let digits = (u64::BITS - (sequence | 1).leading_zeros()).div_ceil(4) as usize;
        let end = prefix.len() + digits;
        let mut rest = sequence;
        for place in text[prefix.len()..end].iter_mut().rev() {
            *place = b"0123456789abcdef"[(rest % 16) as usize];
            rest /= 16;
        }
        Self { text, length: end as u8 }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("hex digits and dashes")
    }
}

#[cfg(test)]
mod tests;
