//! `#[oserver::main]`.

mod check;
mod expand;
mod options;

use proc_macro2::TokenStream;

use self::options::Options;
use crate::context::Context;
use crate::function::Function;
use crate::output::{Errors, Output};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::parse(options, &mut errors);
    let context = Context::new(options.krate.take());
    let item = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => match check::check(&function) {
            Ok(()) => expand::expand(&context, &function),
            Err(refused) => {
                errors.push(refused);
                expand::placeholder(&function)
            }
        },
        Err(error) => {
            errors.push(error);
            item
        }
    };
    Output { errors: errors.into_inner(), item }.into_tokens()
}
