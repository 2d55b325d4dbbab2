//! What the annotated function is.

use proc_macro2::TokenStream;
use syn::{Error, Item, Result};

use crate::function::Function;

/// An annotated function.
#[derive(Debug)]
pub(super) struct Handler {
    pub(super) function: Function,
}

impl Handler {
    pub(super) fn parse(item: &TokenStream) -> Result<Self> {
        match syn::parse2::<Function>(item.clone()) {
            Ok(function) => Ok(Self { function }),
            Err(error) => Err(match syn::parse2::<Item>(item.clone()) {
                Ok(other) => not_a_function(&other),
                Err(_) => error,
            }),
        }
    }

    pub(super) fn is_async(&self) -> bool {
        self.function.sig.asyncness.is_some()
    }
}

fn not_a_function(item: &Item) -> Error {
    let message = "`#[oserver::handler]` goes on a function: `async fn name(..) -> ..`";
    match item {
        Item::Struct(item) => Error::new_spanned(item.struct_token, message),
        Item::Enum(item) => Error::new_spanned(item.enum_token, message),
        Item::Impl(item) => Error::new_spanned(
            item.impl_token,
            "`#[oserver::handler]` goes on a function: put it on each method that is a handler",
        ),
        Item::Mod(item) => Error::new_spanned(item.mod_token, message),
        Item::Trait(item) => Error::new_spanned(item.trait_token, message),
        other => Error::new_spanned(other, message),
    }
}
