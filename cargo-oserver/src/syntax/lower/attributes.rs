//! Lowering of attributes.

use syn::{Attribute, Meta};

use super::{cfg, paths};
use crate::syntax::{Attributes, Name};

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
    for meta in metas(attrs) {
        let path = paths::path(meta.path(), None);
        if path.last() == "derive" {
            kept.derives.extend(derives(&meta));
        }
        if path.segments.len() == 1 && BUILT_IN.contains(&path.last()) {
            continue;
        }
        kept.others.push((path, arguments(&meta).into()));
    }
    kept
}

/// Returns all attributes, with those that a `cfg_attr` adds outside of tests.
pub(super) fn metas(attrs: &[Attribute]) -> Vec<Meta> {
    let mut found = Vec::new();
    for attr in attrs {
        add(&attr.meta, &mut found);
    }
    found
}

fn add(meta: &Meta, into: &mut Vec<Meta>) {
    if !meta.path().is_ident("cfg_attr") {
        into.push(meta.clone());
        return;
    }
    let mut parts = cfg::arguments(meta).into_iter();
    if parts.next().is_some_and(|condition| !cfg::only_in_tests(&condition)) {
        parts.for_each(|part| add(&part, into));
    }
}

/// Returns the tokens of its arguments.
pub(super) fn arguments(meta: &Meta) -> String {
    match meta {
        Meta::List(list) => list.tokens.to_string(),
        _ => String::new(),
    }
}

/// Returns the string in `name = "…"`, wherever it is among the arguments.
#[must_use]
pub fn string(arguments: &str, name: &str) -> Option<Box<str>> {
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

fn derives(meta: &Meta) -> Vec<Name> {
    arguments(meta)
        .split(',')
        .map(|path| path.rsplit("::").next().unwrap_or(path).trim())
        .filter(|name| !name.is_empty())
        .map(Into::into)
        .collect()
}

/// Returns `true` if the item is there for tests only.
pub(super) fn test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let path = attr.path();
        let last = path.segments.last().map(|segment| segment.ident.to_string());
        match last.as_deref() {
            Some("cfg") => cfg::arguments(&attr.meta).first().is_some_and(cfg::only_in_tests),
            Some("test" | "rstest" | "bench" | "test_case" | "quickcheck") => true,
            _ => false,
        }
    })
}
