//! What stands in the parentheses of `#[oserver::main(..)]`.

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::TokenStream;
use syn::Path;

use crate::output::Errors;

#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(super) struct Options {
    #[darling(rename = "crate")]
    pub(super) krate: Option<Path>,
}

impl Options {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let parsed = NestedMeta::parse_meta_list(tokens)
            .and_then(|items| Self::from_list(&items).map_err(syn::Error::from));
        parsed.unwrap_or_else(|error| {
            errors.push(error);
            Self::default()
        })
    }
}
