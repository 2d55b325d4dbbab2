//! What attributes say.

use syn::{Attribute, Meta};

use super::paths;
use crate::syntax::Attributes;

/// Built into the language, and without meaning here.
const BUILT_IN: &[&str] = &[
    "allow",
    "cold",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "forbid",
    "inline",
    "must_use",
    "non_exhaustive",
    "repr",
    "rustfmt",
    "cfg",
    "warn",
    "automatically_derived",
    "no_mangle",
];

pub(super) fn attributes(attrs: &[Attribute]) -> Attributes {
    let mut kept = Attributes { test: test(attrs), ..Attributes::default() };
    for attr in attrs {
        let path = paths::path(attr.path(), None);
        if path.last() == "derive" {
            kept.derives.extend(derives(attr));
        }
        if path.segments.len() == 1 && BUILT_IN.contains(&path.last()) {
            continue;
        }
        kept.others.push((path, arguments(attr).into()));
    }
    kept
}

/// The tokens of its arguments.
pub(super) fn arguments(attr: &Attribute) -> String {
    match &attr.meta {
        Meta::List(list) => list.tokens.to_string(),
        _ => String::new(),
    }
}

/// The string in `name = "…"`, wherever it is among the arguments.
pub(super) fn string(arguments: &str, name: &str) -> Option<Box<str>> {
    let (_, rest) = arguments.split_once(name)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let literal: syn::LitStr = syn::parse_str(&rest[..literal_end(rest)?]).ok()?;
    Some(literal.value().into())
}

fn literal_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some(at + 1),
            _ => escaped = false,
        }
    }
    None
}

fn derives(attr: &Attribute) -> Vec<Box<str>> {
    arguments(attr)
        .split(',')
        .map(|path| path.rsplit("::").next().unwrap_or(path).trim())
        .filter(|name| !name.is_empty())
        .map(Into::into)
        .collect()
}

/// Whether the item is there for tests only.
pub(super) fn test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let path = attr.path();
        let last = path.segments.last().map(|segment| segment.ident.to_string());
        match last.as_deref() {
            Some("cfg") => mentions_test(&arguments(attr)),
            Some("test" | "rstest" | "bench" | "test_case" | "quickcheck") => true,
            _ => false,
        }
    })
}

/// `test` as a word of its own that no `not(…)` encloses, in the arguments of a `cfg`.
fn mentions_test(arguments: &str) -> bool {
    let compact: String = arguments.chars().filter(|letter| !letter.is_whitespace()).collect();
    !compact.contains("not(")
        && compact
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .any(|word| word == "test")
}
