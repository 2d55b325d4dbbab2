//! Names that a body calls or reads, without parsing it: enough to follow calls, cheap enough to keep
//! for all functions.

use super::scan::{opaque, skip_space, starts_word, word_end};

/// Words before a parenthesis that are no calls, and calls that lead nowhere.
const SKIPPED: &[&str] = &[
    "if",
    "while",
    "match",
    "for",
    "in",
    "return",
    "let",
    "else",
    "loop",
    "move",
    "async",
    "await",
    "fn",
    "Some",
    "Ok",
    "Err",
    "None",
    "Box::new",
    "Arc::new",
    "Rc::new",
    "Vec::new",
    "String::new",
    "String::from",
    "Default::default",
    ".clone",
    ".unwrap",
    ".expect",
    ".await",
    ".into",
    ".iter",
    ".map",
    ".map_err",
    ".to_string",
    ".to_owned",
    ".as_ref",
    ".as_str",
    ".len",
    ".is_empty",
    ".push",
    ".collect",
    ".ok",
    ".is_some",
    ".is_none",
    ".unwrap_or",
    ".unwrap_or_default",
    ".context",
];

/// `a::b::call`, `.method` and `a::NAME`, sorted and each once.
#[must_use]
pub fn mentions(body: &str) -> Box<[Box<str>]> {
    let bytes = body.as_bytes();
    let mut found: Vec<Box<str>> = Vec::new();
    let mut at = 0;
    let mut before = 0;
    while at < bytes.len() {
        if let Some(end) = opaque(bytes, at) {
            at = end.unwrap_or(bytes.len()).min(bytes.len());
        } else if starts_word(bytes[at]) {
            let method = before == b'.';
            let end = path_end(bytes, at);
            let path = &body[at..end];
            if counts(bytes, path, end) {
                let name = if method { format!(".{path}") } else { path.to_owned() };
                if !SKIPPED.contains(&name.as_str()) {
                    found.push(name.into());
                }
            }
            before = b'a';
            at = end;
        } else {
            if !bytes[at].is_ascii_whitespace() {
                before = bytes[at];
            }
            at += 1;
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into()
}

/// The byte after `a::b::c`, turbofishes left out.
fn path_end(bytes: &[u8], at: usize) -> usize {
    let mut end = word_end(bytes, at);
    while bytes[end..].starts_with(b"::") && bytes.get(end + 2).is_some_and(|b| starts_word(*b)) {
        end = word_end(bytes, end + 2);
    }
    end
}

fn counts(bytes: &[u8], path: &str, end: usize) -> bool {
    let next = skip_space(bytes, end);
    let call = bytes.get(next) == Some(&b'(') || bytes[next..].starts_with(b"::<");
    call || constant(path.rsplit("::").next().unwrap_or(path))
}

fn constant(name: &str) -> bool {
    name.len() > 1
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
}
