//! `#[oserver::main]`.

mod check;
mod expand;
mod options;

use proc_macro2::TokenStream;

use self::options::Options;
use crate::context::Context;
use crate::misplaced::Place;
use crate::output::{Errors, Output};

const PLACE: Place = Place {
    function: "`#[oserver::main]` goes on a function: `async fn main() -> ..`",
    method: "`#[oserver::main]` goes on a function: write `async fn main() -> ..` outside of an `impl`",
    body: "`#[oserver::main]` goes on the function with the body: write `async fn main() { .. }`",
};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::parse(options, &mut errors);
    let context = Context::new(options.krate.take());
    let item = match PLACE.read(&item) {
        Ok(function) => match check::check(&function) {
            Ok(()) => expand::expand(&context, &options, &function),
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
