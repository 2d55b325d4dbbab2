//! The names whose values are secrets: of headers, and of fields of the log.

use std::sync::{PoisonError, RwLock};

const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// Additional headers that the user named. Read when a record or line is written, never for a request without faults.
static NAMED: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Stands in the place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Redacts the values of headers and of log fields with this name from here on, in the whole process:
/// they are written nowhere.
///
/// Upper and lower case, and `_` and `-`, are the same. Always redacted are `authorization`, `cookie`,
/// `set-cookie` and `proxy-authorization`, headers with a word such as `key`, `token`, `secret`, `signature`,
/// `password`, `session`, `auth` or `credential` in their name, and the query of `referer`.
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

/// Words that mark the value of a header as a secret.
const SECRET_WORDS: [&str; 19] = [
    "apikey",
    "auth",
    "authentication",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "jwt",
    "key",
    "keys",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "session",
    "sessionid",
    "signature",
    "token",
    "tokens",
];
/// Headers whose values contain the target of a request.
const TARGETS: [&str; 8] = [
    "referer",
    "referrer",
    "x-forwarded-uri",
    "x-forwarded-url",
    "x-original-uri",
    "x-original-url",
    "x-request-uri",
    "x-rewrite-url",
];

/// Returns `true` if the value of this header must not be written, because its name has one of the words.
pub(super) fn is_secret_header(name: &str) -> bool {
    let is_word = |word: &str| SECRET_WORDS.iter().any(|secret| word.eq_ignore_ascii_case(secret));
    name.split(['-', '_', '.']).any(is_word) || is_secret(name)
}

/// Returns the value of a header that is a target without its query, if it has one.
pub(super) fn without_query<'a>(name: &str, value: &'a str) -> Option<&'a str> {
    let is_target = TARGETS.iter().any(|target| is_same(target, name));
    value.split_once('?').filter(|_| is_target).map(|(rest, _)| rest)
}

/// Returns `true` if the value under `name` must not be written.
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
    fn a_word_in_the_name_of_a_header_makes_it_a_secret() {
        for name in [
            "x-api-key",
            "X-Amz-Security-Token",
            "x-hub-signature",
            "x_session",
            "X-Auth-Request",
            "x-password",
            "my-credentials",
            "x-secret",
            "cookie",
            "apikey",
        ] {
            assert!(is_secret_header(name), "{name}");
        }
        for name in
            ["host", "x-monkey", "keyboard", "author", "accept", "x-tokenizer", "x-request-id"]
        {
            assert!(!is_secret_header(name), "{name}");
        }
        assert_eq!(without_query("Referer", "https://a/b?token=1#c"), Some("https://a/b"));
        assert_eq!(without_query("referer", "https://a/b"), None);
        assert_eq!(without_query("accept", "a?b"), None);
    }

    #[test]
    fn what_was_named_is_secret_in_every_spelling() {
        assert!(is_secret("cookie") && is_secret("Set-Cookie") && is_secret("proxy_authorization"));
        assert!(!is_secret("x-session-of-a-test"));
        add("X-Session-Of-A-Test");
        assert!(is_secret("x-session-of-a-test") && is_secret("x_session_of_a_test"));
        assert!(!is_secret("x-session-of-a-tes") && !is_secret("session"));
    }
}
