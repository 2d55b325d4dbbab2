//! What is no function with a body, and the words for it.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Item, Result, TraitItemFn};

use crate::function::Function;

/// What each attribute says of the place where it belongs.
pub(crate) struct Place {
    /// What it goes on, and how that is written.
    pub(crate) function: &'static str,
    /// What to do with an `impl`.
    pub(crate) method: &'static str,
    /// What to do with a function that has no body.
    pub(crate) body: &'static str,
}

impl Place {
    /// # Errors
    /// When the item is no function with a body: says where the attribute goes.
    pub(crate) fn read(&self, item: &TokenStream) -> Result<Function> {
        syn::parse2(item.clone()).map_err(|error| self.misplaced(item).unwrap_or(error))
    }

    fn misplaced(&self, item: &TokenStream) -> Option<Error> {
        if let Ok(method) = syn::parse2::<TraitItemFn>(item.clone()) {
            return method.default.is_none().then(|| Error::new_spanned(method.sig, self.body));
        }
        let (keyword, message) = match syn::parse2(item.clone()).ok()? {
            Item::Struct(item) => (item.struct_token.to_token_stream(), self.function),
            Item::Enum(item) => (item.enum_token.to_token_stream(), self.function),
            Item::Impl(item) => (item.impl_token.to_token_stream(), self.method),
            Item::Mod(item) => (item.mod_token.to_token_stream(), self.function),
            Item::Trait(item) => (item.trait_token.to_token_stream(), self.function),
            other => (other.to_token_stream(), self.function),
        };
        Some(Error::new_spanned(keyword, message))
    }
}
