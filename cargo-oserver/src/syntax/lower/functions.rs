//! Functions, and the blocks of traits and impls that they stand in.

use syn::{FnArg, ImplItem, ReceiverKind, ReturnType, Safety, TraitItem, Visibility};

use super::items::start;
use super::{Context, attributes, bodies, paths, patterns, place};
use crate::syntax::{FnDef, ImplDef, Items, Param, TraitDef, Ty, mentions};

pub(super) fn trait_def(item: &syn::ItemTrait, context: &Context<'_>) -> TraitDef {
    let function = |item: &TraitItem| match item {
        TraitItem::Fn(item) => Some(function(
            &item.attrs,
            &Visibility::Inherited,
            &item.sig,
            item.default.as_ref(),
            context,
        )),
        _ => None,
    };
    TraitDef {
        name: item.ident.to_string().into(),
        attributes: attributes::attributes(&item.attrs),
        supertraits: paths::bounds(&item.supertraits),
        fns: item.items.iter().filter_map(function).collect(),
    }
}

pub(super) fn impl_def(item: &syn::ItemImpl, context: &Context<'_>) -> ImplDef {
    let mut kept = ImplDef {
        test: attributes::test(&item.attrs),
        generics: paths::generics(&item.generics),
        of: item.trait_.as_ref().map(|(path, _)| paths::path(path, None)),
        for_type: paths::ty(&item.self_ty),
        assoc: Vec::new(),
        fns: Vec::new(),
        attributes: attributes::attributes(&item.attrs),
        place: place(item.impl_token.span),
    };
    for item in &item.items {
        match item {
            ImplItem::Fn(item) => kept.fns.push(function(
                &item.attrs,
                &item.vis,
                &item.sig,
                Some(&item.block),
                context,
            )),
            ImplItem::Type(item) => {
                kept.assoc.push((item.ident.to_string().into(), paths::ty(&item.ty)));
            }
            _ => {}
        }
    }
    kept
}

pub(super) fn function(
    attrs: &[syn::Attribute],
    vis: &Visibility,
    sig: &syn::Signature,
    body: Option<&syn::Block>,
    context: &Context<'_>,
) -> FnDef {
    let mut params = Vec::new();
    let mut receiver = None;
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(inner) => receiver = Some(receiver_type(&inner.kind)),
            FnArg::Typed(typed) if attributes::test(&typed.attrs) => {}
            FnArg::Typed(typed) => params
                .push(Param { pattern: patterns::pattern(&typed.pat), ty: paths::ty(&typed.ty) }),
        }
    }
    let first = sig.asyncness.as_ref().map_or(sig.fn_token.span, |token| token.span);
    let mut inner = Items::default();
    let block = body.map(|body| bodies::block(body, context, &mut inner));
    let kept = context.bodies;
    let skimmed = || {
        let at = body?.brace_token.span.open().byte_range().start;
        context.mentions.get(&at).cloned()
    };
    // Where the body is kept, it says itself whom it calls.
    let mentions =
        block.as_ref().filter(|_| !kept).map(|block| skimmed().unwrap_or_else(|| mentions(block)));
    FnDef {
        name: sig.ident.to_string().into(),
        place: place(sig.fn_token.span),
        attributes: attributes::attributes(attrs),
        generics: paths::generics(&sig.generics),
        is_async: sig.asyncness.is_some(),
        public: matches!(vis, Visibility::Public(_)),
        unusual: sig.constness.is_some()
            || sig.abi.is_some()
            || matches!(sig.safety, Safety::Unsafe(_)),
        receiver,
        shared: sig
            .receiver()
            .is_some_and(|receiver| matches!(receiver.kind, ReceiverKind::Reference(_, _, None))),
        params,
        output: match &sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(paths::ty(ty)),
        },
        body: block.filter(|_| kept).map(Box::new),
        mentions: mentions.unwrap_or_default(),
        inner: (!inner.is_empty()).then(|| Box::new(inner)),
        item_at: start(vis, first),
    }
}

fn receiver_type(kind: &ReceiverKind) -> Ty {
    match kind {
        ReceiverKind::Typed(_, ty) => paths::ty(ty),
        _ => Ty::Path(crate::syntax::TyPath {
            segments: vec![crate::syntax::Segment {
                name: "Self".into(),
                args: Vec::new(),
                assoc: Box::default(),
            }],
            ..Default::default()
        }),
    }
}
