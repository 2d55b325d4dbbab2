//! The output of every macro: an error never removes the item, so that no second error follows and an editor still
//! completes.

use proc_macro2::TokenStream;
use quote::quote;

/// The item that a macro generates, and the errors that it reports.
pub(crate) struct Output {
    pub(crate) errors: Option<syn::Error>,
    pub(crate) item: TokenStream,
}

impl Output {
    pub(crate) fn into_tokens(self) -> TokenStream {
        let errors = self.errors.map(syn::Error::into_compile_error);
        let item = self.item;
        quote!(#errors #item)
    }
}

/// Collects errors, to show all of an item at once.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    pub(crate) fn into_inner(self) -> Option<syn::Error> {
        self.0
    }
}
