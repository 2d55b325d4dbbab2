//! `#[oserver::handler]`.

mod check;
mod checked_elsewhere;
mod expand;
mod fields;
mod future;
mod instrument;
mod lint_levels;
mod model;
#[cfg(test)]
mod option_tests;
pub(crate) mod options;
mod parameters;
mod patterns;
mod span;
mod statics;

use proc_macro2::TokenStream;

use self::model::Handler;
use self::options::Options;
use crate::context::Context;
use crate::output::{Errors, Output};

pub(crate) fn expand(tokens: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::parse(tokens.clone(), &mut errors);
    let context = Context::new(options.krate.take());
    let item = match Handler::parse(&item) {
        Ok(mut handler) => {
            let instruments = instrument::take(&mut handler);
            match check::check(&handler) {
                // Mistakes in the options are reported when the options are read again.
                Ok(()) if !instruments.is_empty() => {
                    return instrument::first(&context, &instruments, &tokens, &handler);
                }
                Ok(()) => {
                    statics::add_assertions(&context, &mut handler.function);
                    handler.bind_inside();
                    expand::expand(&context, &options, &handler)
                }
                Err(refused) => {
                    errors.push(refused);
                    handler.refuse();
                    expand::expand(&context, &options, &handler)
                }
            }
        }
        Err(error) => {
            // Where rustc does not understand it either, but goes on, this is the second error. Silence is not
            // possible: nothing tells a macro whether rustc complained, and a function that only syn does
            // not understand would go without its guard.
            errors.push(error);
            item
        }
    };
    Output { errors: errors.into_inner(), item }.into_tokens()
}

#[cfg(test)]
mod tests;
