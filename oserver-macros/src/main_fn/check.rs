//! Functions that cannot be the `main` of a server, and the error messages for them.

use syn::{Error, Result};

use crate::function::Function;

/// # Errors
/// The first thing that is wrong.
pub(super) fn check(function: &Function) -> Result<()> {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        let message = "`#[oserver::main]` goes on an async function: write `async fn`";
        return Err(Error::new_spanned(signature.fn_token, message));
    }
    if !signature.inputs.is_empty() {
        let message = "`main` cannot have parameters: read the arguments from `std::env::args()`";
        return Err(Error::new_spanned(&signature.inputs, message));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(&signature.generics, "`main` cannot be generic"));
    }
    Ok(())
}
