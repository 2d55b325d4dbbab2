//! `#[tracing::instrument(err)]` below the handler's attribute. Its `err` and `ret` are about the result of the body,
//! but would see the guarded response.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use super::model::Handler;
use crate::context::Context;

/// Takes out the attributes that have to see the function as it was declared.
pub(super) fn take(handler: &mut Handler) -> Vec<Attribute> {
    handler.function.attrs.extract_if(.., |attribute| records_result(&attribute.meta)).collect()
}

/// Returns the function with those attributes first, and oserver's again below them.
pub(super) fn first(
    context: &Context,
    instruments: &[Attribute],
    options: &TokenStream,
    handler: &Handler,
) -> TokenStream {
    let krate = context.krate(Span::call_site());
    let function = &handler.function;
    quote! {
        #(#instruments)*
        #[#krate::handler(#options)]
        #function
    }
}

fn records_result(meta: &Meta) -> bool {
    let Meta::List(list) = meta else { return false };
    if meta.path().is_ident("cfg_attr") {
        let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        return parts.is_ok_and(|parts| parts.iter().skip(1).any(records_result));
    }
    let is_instrument = meta.path().segments.last().is_some_and(|last| last.ident == "instrument");
    is_instrument && names_result(list.tokens.clone())
}

/// Returns `true` if one of the arguments is `err` or `ret`, with or without parentheses.
fn names_result(arguments: TokenStream) -> bool {
    let mut begins = true;
    arguments.into_iter().any(|token| match token {
        TokenTree::Punct(mark) => {
            begins = mark.as_char() == ',';
            false
        }
        TokenTree::Ident(name) => std::mem::take(&mut begins) && (name == "err" || name == "ret"),
        _ => {
            begins = false;
            false
        }
    })
}
