//! What stands in the parentheses of `#[oserver::main(..)]`.

use darling::FromMeta;
use proc_macro2::TokenStream;

use crate::options::{CratePath, Known, WRITE_CRATE};
use crate::output::Errors;

const KNOWN: Known =
    Known { options: &[("crate", WRITE_CRATE)], sentence: "the only option is `crate`" };

#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(super) struct Options {
    #[darling(rename = "crate")]
    pub(super) krate: Option<CratePath>,
}

impl Options {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        KNOWN.read(tokens, errors)
    }
}
