//! Functions, closures, and the names of functions where they are given away.

use std::ops::Range;

use super::clone_block::Around;
use super::params::value;
use super::{place, range, types};
use crate::syntax::Place;

/// The item or body that contains a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fix) enum Inside {
    Module,
    Impl,
    /// A trait, or the implementation of one.
    Trait,
    /// The body of another function.
    Body,
}

#[derive(Clone, Debug)]
pub(in crate::fix) struct Attr {
    /// `tokio::main`
    pub(in crate::fix) path: String,
    /// The text in its parentheses.
    pub(in crate::fix) arguments: String,
    pub(in crate::fix) range: Range<usize>,
}

#[derive(Clone, Debug)]
pub(in crate::fix) struct Param {
    /// With attributes.
    pub(in crate::fix) whole: Range<usize>,
    pub(in crate::fix) pattern: Range<usize>,
    pub(in crate::fix) ty: Option<Range<usize>>,
    /// The pattern as an expression that makes the same value again.
    pub(in crate::fix) value: Option<String>,
}

#[derive(Clone, Debug)]
pub(in crate::fix) struct FnSite {
    /// The place of `fn`.
    pub(in crate::fix) place: Place,
    pub(in crate::fix) name: String,
    /// With attributes.
    pub(in crate::fix) item: Range<usize>,
    /// The first byte after attributes.
    pub(in crate::fix) at: usize,
    pub(in crate::fix) vis: Range<usize>,
    pub(in crate::fix) generics: Range<usize>,
    /// Type parameters, each with where another bound goes and what goes before it.
    pub(in crate::fix) type_params: Vec<(String, usize, &'static str)>,
    pub(in crate::fix) receiver: bool,
    pub(in crate::fix) params: Vec<Param>,
    /// With `->`.
    pub(in crate::fix) output: Range<usize>,
    pub(in crate::fix) where_clause: Range<usize>,
    /// With braces.
    pub(in crate::fix) body: Range<usize>,
    pub(in crate::fix) is_async: bool,
    pub(in crate::fix) inside: Inside,
    /// The end of the item of the module that it is, or is in.
    pub(in crate::fix) after: usize,
    pub(in crate::fix) attrs: Vec<Attr>,
    /// Names of the inline modules around it.
    pub(in crate::fix) modules: Vec<String>,
}

#[derive(Clone, Debug)]
pub(in crate::fix) struct ClosureSite {
    pub(in crate::fix) place: Place,
    pub(in crate::fix) whole: Range<usize>,
    pub(in crate::fix) around: Option<Around>,
    pub(in crate::fix) params: Vec<Param>,
    pub(in crate::fix) output: Option<Range<usize>>,
    /// The source of the function's body: the block of an `async` closure, or an expression.
    pub(in crate::fix) body: Range<usize>,
    /// Whether `body` has braces.
    pub(in crate::fix) block: bool,
    pub(in crate::fix) is_async: bool,
    /// The last expression of the body, without whitespace around it.
    pub(in crate::fix) result: String,
    /// The arguments of the call that it is an argument of, and the name of that call.
    pub(in crate::fix) call: String,
    /// From the name of the called function to the end of that call.
    pub(in crate::fix) called: Range<usize>,
    /// The first argument of the `.route(…)` around it.
    pub(in crate::fix) route: Option<String>,
    pub(in crate::fix) after: usize,
    pub(in crate::fix) modules: Vec<String>,
}

/// A path that names a value and is not called.
#[derive(Clone, Debug)]
pub(in crate::fix) struct PathSite {
    pub(in crate::fix) names: Vec<String>,
    /// The last name.
    pub(in crate::fix) last: Range<usize>,
    pub(in crate::fix) modules: Vec<String>,
    /// The name of the call that it is an argument of.
    pub(in crate::fix) call: String,
}

/// `TcpListener::bind(address)`
#[derive(Clone, Debug)]
pub(in crate::fix) struct BindSite {
    pub(in crate::fix) callee: Range<usize>,
    pub(in crate::fix) address: Range<usize>,
    /// The name that `let` gives to it, and where.
    pub(in crate::fix) variable: Option<(String, usize)>,
}

/// A name that `let` gives.
#[derive(Clone, Debug)]
pub(in crate::fix) struct LetSite {
    pub(in crate::fix) name: String,
    pub(in crate::fix) at: usize,
    pub(in crate::fix) value: Option<Range<usize>>,
}

/// A name that `use` brings in.
#[derive(Clone, Debug)]
pub(in crate::fix) struct UseSite {
    pub(in crate::fix) name: String,
    /// The path that the name stands for.
    pub(in crate::fix) path: String,
    /// The place of the name; if it is renamed, that of the original name.
    pub(in crate::fix) ident: Range<usize>,
    /// Whether it is one of several in braces.
    pub(in crate::fix) group: bool,
    pub(in crate::fix) renamed: bool,
    pub(in crate::fix) modules: Vec<String>,
}

/// `axum::serve(listener, app)`
#[derive(Clone, Debug)]
pub(in crate::fix) struct ServeSite {
    pub(in crate::fix) place: Place,
    /// The path that is called, as it is written.
    pub(in crate::fix) callee: Range<usize>,
    pub(in crate::fix) listener: Range<usize>,
    /// The service, and within it the value that was converted to one.
    pub(in crate::fix) app: Range<usize>,
    /// The function around it.
    pub(in crate::fix) function: Option<Place>,
}

pub(super) fn attrs(attrs: &[syn::Attribute]) -> Vec<Attr> {
    let path = |path: &syn::Path| {
        path.segments.iter().map(|part| part.ident.to_string()).collect::<Vec<_>>().join("::")
    };
    attrs
        .iter()
        .map(|attr| Attr {
            path: path(attr.path()),
            arguments: match &attr.meta {
                syn::Meta::List(list) => list.tokens.to_string(),
                _ => String::new(),
            },
            range: range(attr),
        })
        .collect()
}

pub(super) fn site(
    attributes: &[syn::Attribute],
    vis: &syn::Visibility,
    sig: &syn::Signature,
    block: &syn::Block,
    item: Range<usize>,
) -> FnSite {
    let typed = sig.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(typed) => Some(Param {
            whole: range(typed),
            pattern: range(&*typed.pat),
            ty: Some(range(&*typed.ty)),
            value: value(&typed.pat),
        }),
        syn::FnArg::Receiver(_) => None,
    });
    let empty = |at: usize| at..at;
    let close = sig.paren_token.span.close().byte_range().end;
    let first = first_token(sig);
    let at = types::start(vis, first);
    FnSite {
        place: place(sig.fn_token.span),
        name: sig.ident.to_string(),
        item,
        at,
        vis: at..first.byte_range().start,
        generics: sig.ident.span().byte_range().end..sig.paren_token.span.open().byte_range().start,
        type_params: sig.generics.type_params().map(bound).collect(),
        receiver: sig.receiver().is_some(),
        params: typed.collect(),
        output: match &sig.output {
            syn::ReturnType::Default => empty(close),
            output => range(output),
        },
        where_clause: sig.generics.where_clause.as_ref().map_or_else(|| empty(close), range),
        body: range(block),
        is_async: sig.asyncness.is_some(),
        inside: Inside::Module,
        after: 0,
        attrs: attrs(attributes),
        modules: Vec::new(),
    }
}

fn bound(param: &syn::TypeParam) -> (String, usize, &'static str) {
    let name = param.ident.to_string();
    match (param.bounds.last(), &param.colon_token) {
        (Some(last), _) => (name, range(last).end, " + "),
        (None, Some(colon)) => (name, colon.span.byte_range().end, " "),
        (None, None) => (name, param.ident.span().byte_range().end, ": "),
    }
}

fn first_token(sig: &syn::Signature) -> proc_macro2::Span {
    if let Some(token) = &sig.constness {
        return token.span;
    }
    if let Some(token) = &sig.asyncness {
        return token.span;
    }
    match &sig.safety {
        syn::Safety::Unsafe(token) => token.span,
        syn::Safety::Safe(token) => token.span,
        _ => sig.abi.as_ref().map_or(sig.fn_token.span, |abi| abi.extern_token.span),
    }
}
