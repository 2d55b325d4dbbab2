//! `#[oserver::actor]`.

mod check;
mod command;
mod expand;
mod model;
mod options;

use proc_macro2::TokenStream;

use self::model::Actor;
use self::options::Options;
use crate::context::Context;
use crate::output::{Errors, Output};

pub(crate) fn expand(tokens: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::parse(tokens, &mut errors);
    let context = Context::new(options.krate.take());
    let added = match Actor::parse(&item, options.handle.take()) {
        Ok(actor) => {
            let commands = check::check(&actor, &options, &mut errors);
            expand::expand(&context, &options, &actor, &commands)
        }
        Err(error) => {
            errors.push(error);
            TokenStream::new()
        }
    };
    // The `impl` stays as it was written, even if it has an error.
    Output { errors: errors.into_inner(), item: quote::quote!(#item #added) }.into_tokens()
}

#[cfg(test)]
mod tests;
