//! Names that patterns bind.

use syn::{Member, Pat};

use super::paths;
use crate::syntax::{Arg, Binding, Name, Pattern};

pub(super) fn pattern(pat: &Pat) -> Pattern {
    let mut pattern = Pattern::default();
    bind(pat, &mut Vec::new(), &mut pattern.bindings);
    pattern
}

pub(super) fn arg(pat: &Pat) -> Arg {
    match pat {
        Pat::Type(typed) => Arg { pattern: pattern(&typed.pat), ty: Some(paths::ty(&typed.ty)) },
        other => Arg { pattern: pattern(other), ty: None },
    }
}

fn bind(pat: &Pat, way: &mut Vec<Name>, bindings: &mut Vec<Binding>) {
    let mut below = |pat: &Pat, name: Name, bindings: &mut Vec<Binding>| {
        way.push(name);
        bind(pat, way, bindings);
        way.pop();
    };
    match pat {
        Pat::Ident(ident) => {
            bindings.push(Binding { name: ident.ident.to_string().into(), way: way.clone() });
        }
        Pat::Type(inner) => bind(&inner.pat, way, bindings),
        Pat::Paren(inner) => bind(&inner.pat, way, bindings),
        Pat::Reference(inner) => bind(&inner.pat, way, bindings),
        Pat::Guard(inner) => bind(&inner.pat, way, bindings),
        Pat::Or(inner) => {
            if let Some(first) = inner.cases.first() {
                bind(first, way, bindings);
            }
        }
        Pat::Tuple(inner) => {
            for (index, elem) in inner.elems.iter().enumerate() {
                below(elem, index.to_string().into(), bindings);
            }
        }
        Pat::TupleStruct(inner) => {
            let variant = inner.path.segments.last().map(|last| last.ident.to_string());
            for (index, elem) in inner.elems.iter().enumerate() {
                let name = format!("{}.{index}", variant.as_deref().unwrap_or_default());
                below(elem, name.into(), bindings);
            }
        }
        Pat::Slice(inner) => {
            for elem in &inner.elems {
                below(elem, "[]".into(), bindings);
            }
        }
        Pat::Struct(inner) => {
            for field in &inner.fields {
                below(&field.pat, member(&field.member), bindings);
            }
        }
        _ => {}
    }
}

pub(super) fn member(member: &Member) -> Name {
    match member {
        Member::Named(ident) => ident.to_string().into(),
        Member::Unnamed(index) => index.index.to_string().into(),
    }
}
