//! Where comments, strings and character literals end: the part of Rust's lexical grammar that a brace
//! counter must know.

/// Returns the byte after the comment, string or character that starts at `at`; `None` if none starts there.
/// A comment or string that never ends is `Err`.
pub(super) fn opaque(bytes: &[u8], at: usize) -> Option<Result<usize, &'static str>> {
    match bytes[at] {
        b'/' => comment(bytes, at),
        b'"' => Some(string(bytes, at + 1)),
        b'\'' => character(bytes, at).map(Ok),
        b'r' | b'b' | b'c' => prefixed(bytes, at),
        _ => None,
    }
}

/// Returns a comment that starts at `at`.
pub(super) fn comment(bytes: &[u8], at: usize) -> Option<Result<usize, &'static str>> {
    match bytes.get(at + 1)? {
        b'/' => Some(Ok(line_end(bytes, at))),
        b'*' => Some(block_comment(bytes, at + 2)),
        _ => None,
    }
}

pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn block_comment(bytes: &[u8], mut at: usize) -> Result<usize, &'static str> {
    let mut depth = 1;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Ok(at);
                }
            }
            b"/*" => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    Err("a comment that starts here never ends")
}

fn string(bytes: &[u8], mut at: usize) -> Result<usize, &'static str> {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return Ok(at + 1),
            _ => at += 1,
        }
    }
    Err("a string that starts here never ends")
}

/// `None` for a lifetime.
fn character(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        b'\\' => {
            let end = bytes.get(at + 3..)?.iter().take(12).position(|byte| *byte == b'\'')?;
            Some(at + 3 + end + 1)
        }
        first => {
            let length = match first {
                0x00..=0x7f => 1,
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                _ => 4,
            };
            (bytes.get(at + 1 + length) == Some(&b'\'')).then_some(at + length + 2)
        }
    }
}

/// `r"…"`, `r#"…"#`, `b"…"`, `b'…'`, `br#"…"#`, `c"…"`.
fn prefixed(bytes: &[u8], at: usize) -> Option<Result<usize, &'static str>> {
    let mut quote = at;
    while quote < at + 2 && matches!(bytes.get(quote), Some(b'r' | b'b' | b'c')) {
        quote += 1;
    }
    let raw = bytes[at..quote].contains(&b'r');
    match bytes.get(quote)? {
        b'"' if !raw => Some(string(bytes, quote + 1)),
        b'\'' if bytes[at..quote] == *b"b" => character(bytes, quote).map(Ok),
        b'"' | b'#' if raw => {
            let hashes = bytes[quote..].iter().take_while(|byte| **byte == b'#').count();
            (bytes.get(quote + hashes) == Some(&b'"'))
                .then(|| raw_string(bytes, quote + hashes + 1, hashes))
        }
        _ => None,
    }
}

fn raw_string(bytes: &[u8], mut at: usize, hashes: usize) -> Result<usize, &'static str> {
    while let Some(length) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'"')) {
        at += length + 1;
        if bytes[at..].iter().take(hashes).filter(|byte| **byte == b'#').count() == hashes {
            return Ok(at + hashes);
        }
    }
    Err("a string that starts here never ends")
}

pub(super) fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Returns the byte after the word that starts at `at`.
pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    bytes[at..].iter().position(|byte| !inside(byte)).map_or(bytes.len(), |length| at + length)
}

/// Returns the first byte at or after `at` that is no white space.
pub(super) fn skip_space(bytes: &[u8], at: usize) -> usize {
    let space = |byte: &u8| !byte.is_ascii_whitespace();
    bytes[at.min(bytes.len())..].iter().position(space).map_or(bytes.len(), |length| at + length)
}
