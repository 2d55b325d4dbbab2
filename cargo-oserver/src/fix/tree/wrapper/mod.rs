//! A struct around `Arc<Mutex<T>>`: its methods that lock, do something, and return, and where values of it are made.

mod guards;
mod makers;
mod methods;
mod variables;

use std::ops::Range;

pub(in crate::fix) use makers::MakerSite;
pub(in crate::fix) use methods::MethodSite;

use super::{place, range};
use crate::syntax::Place;

/// The struct that becomes an actor and its handle.
#[derive(Debug)]
pub(in crate::fix) struct WrapperSite {
    pub(in crate::fix) name: String,
    /// `pub(crate)`
    pub(in crate::fix) vis: String,
    /// The end of the struct: the actor goes behind it.
    pub(in crate::fix) end: usize,
    pub(in crate::fix) field: String,
    /// The field's type as it is.
    pub(in crate::fix) ty: Range<usize>,
    /// Whether code outside of its module may use the field.
    pub(in crate::fix) public: bool,
    /// The type that the lock protects.
    pub(in crate::fix) inner: String,
    pub(in crate::fix) methods: Vec<MethodSite>,
    pub(in crate::fix) makers: Vec<MakerSite>,
    /// `Default` in its derives, with a comma beside it.
    pub(in crate::fix) default: Option<Range<usize>>,
    /// Names of its other fields.
    pub(in crate::fix) others: Vec<String>,
    pub(in crate::fix) tuple: bool,
}

/// Reads the struct at a place.
///
/// # Errors
/// Why it is not of the shape that can be written.
pub(in crate::fix) fn read(text: &str, of: Place, field: Place) -> Result<WrapperSite, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let found = module(&file.items, of).ok_or("it was not found in the text of its file")?;
    let site = site(found.0, found.1, field, text);
    proc_macro2::extra::invalidate_current_thread_spans();
    site
}

/// Returns the struct with the items that it stands among.
fn module(items: &[syn::Item], of: Place) -> Option<(&[syn::Item], &syn::ItemStruct)> {
    items.iter().find_map(|item| match item {
        syn::Item::Struct(item) if place(item.struct_token.span) == of => Some((items, item)),
        syn::Item::Mod(item) => module(&item.content.as_ref()?.1, of),
        _ => None,
    })
}

fn site(
    items: &[syn::Item],
    item: &syn::ItemStruct,
    field: Place,
    text: &str,
) -> Result<WrapperSite, String> {
    if !item.generics.params.is_empty() {
        return Err("it is generic, and an actor cannot be generic".to_owned());
    }
    let at = |field: &syn::Field| match &field.ident {
        Some(name) => place(name.span()),
        None => place(syn::spanned::Spanned::span(&field.ty)),
    };
    let index = item.fields.iter().position(|known| at(known) == field);
    let index = index.ok_or("its field is written by a macro")?;
    let own = item.fields.iter().nth(index).ok_or("it has no such field")?;
    let public = !matches!(own.vis, syn::Visibility::Inherited);
    if public && own.ident.is_none() {
        return Err("the field with the lock is not private, and has no name".to_owned());
    }
    let inner = inner(&own.ty)
        .ok_or("its field is neither a `Mutex` or an `RwLock` nor an `Arc` of one")?;
    let slice = |range: Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let name = |field: &syn::Field, index: usize| {
        field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string)
    };
    let field = name(own, index);
    let default = default(&item.attrs, text);
    let shared = argument(&own.ty, &["Arc"]).is_some();
    let fields = item.fields.iter().enumerate().filter(|(other, _)| *other != index);
    let others = fields.map(|(index, field)| (name(field, index), &field.ty)).collect();
    let of = item.ident.to_string();
    let look = methods::Look { name: of, field: field.clone(), shared, others, text };
    let methods = look.methods(items)?;
    let makers = makers::find(items, &look)?;
    if makers.is_empty() && default.is_none() {
        return Err(
            "its file makes no value of it, so the first value of the actor is unknown".to_owned()
        );
    }
    if methods.is_empty() {
        return Err("none of its methods takes the lock".to_owned());
    }
    Ok(WrapperSite {
        name: item.ident.to_string(),
        vis: slice(
            super::types::start(&item.vis, item.struct_token.span)
                ..item.struct_token.span.byte_range().start,
        ),
        end: range(item).end,
        ty: range(&own.ty),
        public,
        inner: slice(range(inner)),
        methods,
        makers,
        default,
        others: item
            .fields
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(index, field)| name(field, index))
            .collect(),
        tuple: matches!(item.fields, syn::Fields::Unnamed(_)),
        field,
    })
}

/// `T` of `Arc<Mutex<T>>`, or of a `Mutex<T>` whose owner is shared.
fn inner(ty: &syn::Type) -> Option<&syn::Type> {
    argument(argument(ty, &["Arc"]).unwrap_or(ty), &["Mutex", "RwLock"])
}

fn argument<'t>(ty: &'t syn::Type, names: &[&str]) -> Option<&'t syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else { return None };
    match args.args.first()? {
        syn::GenericArgument::Type(inner)
            if args.args.len() == 1 && names.iter().any(|name| last.ident == name) =>
        {
            Some(inner)
        }
        _ => None,
    }
}

/// Returns where the derive of `Default` stands.
fn default(attrs: &[syn::Attribute], text: &str) -> Option<Range<usize>> {
    attrs.iter().find_map(|attr| {
        let syn::Meta::List(list) = &attr.meta else { return None };
        let found = list.tokens.clone().into_iter().find_map(|token| match token {
            proc_macro2::TokenTree::Ident(name) if name == "Default" => {
                Some(name.span().byte_range())
            }
            _ => None,
        });
        let found = found.filter(|_| list.path.is_ident("derive"))?;
        let (before, after) = (text.get(..found.start)?, text.get(found.end..)?);
        if after.trim_start().starts_with(',') {
            let blanks = after.len() - after.trim_start().len() + 1;
            let more = after[blanks..].len() - after[blanks..].trim_start_matches(' ').len();
            return Some(found.start..found.end + blanks + more);
        }
        let start = before.trim_end();
        Some(start.strip_suffix(',').map_or(found.start, str::len)..found.end)
    })
}
