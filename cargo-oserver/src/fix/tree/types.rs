//! Structs, enums, traits and impl blocks.

use std::ops::Range;

use super::{place, range};
use crate::syntax::Place;

/// A struct or an enum.
#[derive(Debug)]
pub(in crate::fix) struct TypeSite {
    /// The place of the `struct` or `enum` keyword.
    pub(in crate::fix) place: Place,
    /// With its attributes.
    pub(in crate::fix) item: Range<usize>,
    /// The first byte after attributes.
    pub(in crate::fix) at: usize,
    /// Where one more name goes into its list of derived traits, and what goes between.
    pub(in crate::fix) derive: Option<(usize, &'static str)>,
    pub(in crate::fix) fields: Vec<FieldSite>,
}

#[derive(Debug)]
pub(in crate::fix) struct FieldSite {
    /// As the audit counts it: of the name, or of the type's first token.
    pub(in crate::fix) place: Place,
    /// The first byte after attributes.
    pub(in crate::fix) at: usize,
}

#[derive(Debug)]
pub(in crate::fix) struct TraitSite {
    pub(in crate::fix) name: String,
    pub(in crate::fix) item: Range<usize>,
    /// Where a supertrait goes, and what goes before it.
    pub(in crate::fix) bound: (usize, &'static str),
    pub(in crate::fix) place: Place,
}

pub(super) fn of_struct(item: &syn::ItemStruct) -> TypeSite {
    TypeSite {
        place: place(item.struct_token.span),
        item: range(item),
        at: start(&item.vis, item.struct_token.span),
        derive: derive(&item.attrs),
        fields: fields(&item.fields).collect(),
    }
}

pub(super) fn of_enum(item: &syn::ItemEnum) -> TypeSite {
    TypeSite {
        place: place(item.enum_token.span),
        item: range(item),
        at: start(&item.vis, item.enum_token.span),
        derive: derive(&item.attrs),
        fields: item.variants.iter().flat_map(|variant| fields(&variant.fields)).collect(),
    }
}

pub(super) fn of_trait(item: &syn::ItemTrait) -> TraitSite {
    let bound = match (item.supertraits.last(), &item.colon_token) {
        (Some(last), _) => (range(last).end, " + "),
        (None, Some(colon)) => (colon.span.byte_range().end, " "),
        (None, None) if item.generics.params.is_empty() => {
            (item.ident.span().byte_range().end, ": ")
        }
        (None, None) => (
            item.generics
                .gt_token
                .as_ref()
                .map_or(item.ident.span().byte_range().end, |gt| gt.span.byte_range().end),
            ": ",
        ),
    };
    TraitSite {
        name: item.ident.to_string(),
        item: range(item),
        bound,
        place: place(item.trait_token.span),
    }
}

pub(super) fn start(vis: &syn::Visibility, otherwise: proc_macro2::Span) -> usize {
    let span = match vis {
        syn::Visibility::Public(token) => token.span,
        syn::Visibility::Restricted(vis) => vis.pub_token.span,
        syn::Visibility::Inherited => otherwise,
    };
    span.byte_range().start
}

fn fields(fields: &syn::Fields) -> impl Iterator<Item = FieldSite> {
    fields.iter().map(|field| {
        let ty = range(&field.ty);
        let first = field.ident.as_ref().map_or(ty.start, |name| name.span().byte_range().start);
        let at = match &field.vis {
            syn::Visibility::Inherited => first,
            vis => range(vis).start,
        };
        let span = field
            .ident
            .as_ref()
            .map_or_else(|| syn::spanned::Spanned::span(&field.ty), proc_macro2::Ident::span);
        FieldSite { place: place(span), at }
    })
}

/// Returns the last `#[derive(…)]`: where another name fits in.
fn derive(attrs: &[syn::Attribute]) -> Option<(usize, &'static str)> {
    let list = attrs.iter().rev().find_map(|attr| match &attr.meta {
        syn::Meta::List(list) if list.path.is_ident("derive") => Some(list),
        _ => None,
    })?;
    let last = list.tokens.clone().into_iter().last();
    Some(match last {
        None => (list.delimiter.span().open().byte_range().end, ""),
        Some(proc_macro2::TokenTree::Punct(comma)) if comma.as_char() == ',' => {
            (comma.span().byte_range().end, " ")
        }
        Some(token) => (token.span().byte_range().end, ", "),
    })
}
