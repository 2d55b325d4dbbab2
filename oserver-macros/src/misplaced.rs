//! Items that are no function with a body, and the error messages for them.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Item, Result, TraitItemFn};

use crate::function::Function;

/// The messages of an attribute about the place where it belongs.
pub(crate) struct Place {
    /// The message that names the item for the attribute, and how that item is written.
    pub(crate) function: &'static str,
    /// The message for an `impl`, with the correction.
    pub(crate) method: &'static str,
    /// The message for a function without a body, with the correction.
    pub(crate) body: &'static str,
}

impl Place {
    /// Parses the item.
    ///
    /// # Errors
    /// When the item is no function with a body; the error says where the attribute goes.
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
