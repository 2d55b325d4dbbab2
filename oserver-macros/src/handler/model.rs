//! What the annotated function is.

use proc_macro2::TokenStream;
use syn::Result;

use crate::function::Function;
use crate::misplaced::Place;

const PLACE: Place = Place {
    function: "`#[oserver::handler]` goes on a function: `async fn name(..) -> ..`",
    method: "`#[oserver::handler]` goes on a function: put it on each method that is a handler",
    body: "`#[oserver::handler]` goes on the function with the body: remove it here, let the method \
           return `oserver::Guarded`, and put it on the method in the `impl`",
};

/// An annotated function.
#[derive(Debug)]
pub(super) struct Handler {
    pub(super) function: Function,
}

impl Handler {
    pub(super) fn parse(item: &TokenStream) -> Result<Self> {
        PLACE.read(item).map(|function| Self { function })
    }

    pub(super) fn is_async(&self) -> bool {
        self.function.sig.asyncness.is_some()
    }
}
