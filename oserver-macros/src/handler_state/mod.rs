//! `#[derive(HandlerState)]` and `#[derive(HandlerParam)]`.

mod bounds;
mod check;
mod expand;
mod model;
mod options;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use self::model::State;
use crate::context::{Context, Exporter};
use crate::output::{Errors, Output};

/// Which of the two traits is derived; state is a parameter, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derived {
    Param,
    State,
}

pub(crate) use self::expand::state;

pub(crate) fn expand(exporter: Exporter, derived: Derived, item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    check::check(&input, &mut errors);
    let state = State::read(&input, &mut errors);
    let context = Context::of(exporter, state.krate.clone());
    let item = expand::expand(&context, derived, &state);
    Output { errors: errors.into_inner(), item }.into_tokens()
}

#[cfg(test)]
mod tests;
