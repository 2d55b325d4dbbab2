//! Names whose values are secrets: of headers, and of fields of the log.

use std::sync::{PoisonError, RwLock};

const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// What the user named besides. Read when something is written down, never for a request that goes
/// well.
static NAMED: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Stands in the place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Redacts the values of headers and of log fields with this name from here on, in the whole process:
/// they are written nowhere.
///
/// Upper and lower case, and `_` and `-`, are the same. Always redacted are `authorization`, `cookie`,
/// `set-cookie` and `proxy-authorization`.
///
/// ```
/// oserver_runtime::redact("x-session");
/// ```
pub fn redact(name: impl AsRef<str>) {
    add(name.as_ref());
}

pub(crate) fn add(name: &str) {
    NAMED.write().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
}

/// Whether the value under `name` must not be written.
pub(crate) fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|secret| is_same(secret, name))
        || NAMED
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .any(|secret| is_same(secret, name))
}

fn is_same(one: &str, other: &str) -> bool {
    let letter = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    one.bytes().map(letter).eq(other.bytes().map(letter))
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_is_secret_in_every_spelling() {
        assert!(is_secret("cookie") && is_secret("Set-Cookie") && is_secret("proxy_authorization"));
        assert!(!is_secret("x-session-of-a-test"));
        add("X-Session-Of-A-Test");
        assert!(is_secret("x-session-of-a-test") && is_secret("x_session_of_a_test"));
        assert!(!is_secret("x-session-of-a-tes") && !is_secret("session"));
    }
}
