//! Headers whose values are secrets.

const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// Stands in the place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// Whether the value of the header `name` (in lower case) must not be written.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET.contains(&name)
}
