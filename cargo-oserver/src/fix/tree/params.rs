//! Parameters, of functions and of closures.

use std::ops::Range;

use super::functions::Param;
use super::range;

pub(super) fn params<'a>(inputs: impl Iterator<Item = &'a syn::Pat>) -> Vec<Param> {
    inputs.map(|input| param(range(input), input)).collect()
}

fn param(whole: Range<usize>, pattern: &syn::Pat) -> Param {
    match pattern {
        syn::Pat::Type(typed) => Param {
            whole,
            pattern: range(&*typed.pat),
            ty: Some(range(&*typed.ty)),
            value: value(&typed.pat),
        },
        other => Param { whole, pattern: range(other), ty: None, value: value(other) },
    }
}

/// `State(state)` is a value as well as a pattern; `_` is not.
pub(super) fn value(pattern: &syn::Pat) -> Option<String> {
    match pattern {
        syn::Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
            Some(name.ident.to_string())
        }
        syn::Pat::TupleStruct(pattern) => {
            let parts: Option<Vec<String>> = pattern.elems.iter().map(value).collect();
            let path = syn_text(&pattern.path);
            Some(format!("{path}({})", parts?.join(", ")))
        }
        syn::Pat::Tuple(pattern) => {
            let parts: Option<Vec<String>> = pattern.elems.iter().map(value).collect();
            Some(format!("({})", parts?.join(", ")))
        }
        syn::Pat::Paren(pattern) => value(&pattern.pat),
        _ => None,
    }
}

fn syn_text(path: &syn::Path) -> String {
    path.segments.iter().map(|part| part.ident.to_string()).collect::<Vec<_>>().join("::")
}
