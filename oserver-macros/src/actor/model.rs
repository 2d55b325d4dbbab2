//! The annotated `impl` block.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Error, Generics, Ident, ImplItem, Item, Result, Token, Type, Visibility, braced,
};

use super::command::allowed;
use super::options::HandleName;
use crate::context::generated;
use crate::function::Function;

const PLACE: &str = "`#[oserver::actor]` goes on an `impl` block: `impl Name { .. }`";

/// An `impl` block, and the names of what is made of it.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) ty: Type,
    /// The type's name.
    pub(super) name: Ident,
    pub(super) generics: Generics,
    pub(super) handle: Ident,
    pub(super) functions: Vec<Function>,
    /// The lints that are allowed in all of the block.
    pub(super) allowed: Vec<Attribute>,
}

struct Block {
    attributes: Vec<Attribute>,
    generics: Generics,
    ty: Type,
    functions: Vec<Function>,
}

impl Actor {
    /// # Errors
    /// When the item is no `impl` block of a type with a name.
    pub(super) fn parse(item: &TokenStream, handle: Option<HandleName>) -> Result<Self> {
        let Block { attributes, generics, ty, functions } =
            syn::parse2(item.clone()).map_err(|error| misplaced(item).unwrap_or(error))?;
        let Some(name) = last_name(&ty) else {
            let message = "an actor is a type with a name: `impl Name { .. }`";
            return Err(Error::new_spanned(ty, message));
        };
        let handle = match handle {
            Some(HandleName(handle)) => handle,
            // Hygiene aside the user names it: it stands where the type stands.
            None => format_ident!("{name}Handle", span = name.span()),
        };
        let allowed = allowed(&attributes).collect();
        Ok(Self { ty, name, generics, handle, functions, allowed })
    }
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![impl]>()?;
        let mut generics: Generics = input.parse()?;
        let ty: Type = input.parse()?;
        if input.peek(Token![for]) {
            let message =
                "`#[oserver::actor]` goes on an `impl` of the type itself, not of a trait";
            return Err(Error::new_spanned(ty, message));
        }
        generics.where_clause = input.parse()?;
        let content;
        braced!(content in input);
        attributes.extend(content.call(Attribute::parse_inner)?);
        let mut functions = Vec::new();
        while !content.is_empty() {
            let ahead = content.fork();
            if ahead.parse::<Function>().is_ok() {
                // The body may hold anything: the compiler checks it.
                functions.push(content.parse()?);
            } else {
                content.parse::<ImplItem>()?;
            }
        }
        Ok(Self { attributes, generics, ty, functions })
    }
}

fn misplaced(item: &TokenStream) -> Option<Error> {
    let keyword = match syn::parse2(item.clone()).ok()? {
        Item::Impl(_) => return None,
        Item::Struct(item) => item.struct_token.to_token_stream(),
        Item::Enum(item) => item.enum_token.to_token_stream(),
        Item::Fn(item) => item.sig.fn_token.to_token_stream(),
        Item::Mod(item) => item.mod_token.to_token_stream(),
        Item::Trait(item) => item.trait_token.to_token_stream(),
        other => other.to_token_stream(),
    };
    Some(Error::new_spanned(keyword, PLACE))
}

fn last_name(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            path.path.segments.last().map(|segment| segment.ident.clone())
        }
        Type::Group(group) => last_name(&group.elem),
        Type::Paren(paren) => last_name(&paren.elem),
        _ => None,
    }
}

/// Returns the wider one of two visibilities, as far as that can be known.
pub(super) fn wider<'a>(one: &'a Visibility, other: &'a Visibility) -> &'a Visibility {
    let rank = |visibility: &Visibility| match visibility {
        Visibility::Public(_) => 3,
        Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => 2,
        Visibility::Restricted(_) => 1,
        Visibility::Inherited => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// Returns the place of a name, for what is generated: lints that speak of the user's names don't speak of ours.
pub(super) fn moved(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(generated(ident.span()));
    ident
}
