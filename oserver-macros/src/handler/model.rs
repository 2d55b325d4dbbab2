//! The annotated function.

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{FnArg, Result, Token, parse_quote};

use super::check::PARAMETERS;
use super::{future, lint_levels, patterns};
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
    /// The first statements of the body: patterns of parameters that can only be bound there.
    pub(super) bindings: TokenStream,
    /// It is no handler, and becomes the nearest thing to it.
    pub(super) is_refused: bool,
}

impl Handler {
    pub(super) fn parse(item: &TokenStream) -> Result<Self> {
        let mut function = PLACE.read(item)?;
        lint_levels::adapt(&mut function.attrs);
        Ok(Self { function, bindings: TokenStream::new(), is_refused: false })
    }

    /// Binds what would borrow from the thread that the body leaves after it has left.
    pub(super) fn bind_inside(&mut self) {
        if !self.is_async() && future::returned(&self.function.sig).is_none() {
            self.bindings = patterns::take_borrowing(&mut self.function.sig.inputs);
        }
    }

    /// Makes of a function that was refused one that has its type: an async one can borrow, too. `unsafe`
    /// stays, for its callers write it as well.
    pub(super) fn refuse(&mut self) {
        self.is_refused = true;
        let signature = &mut self.function.sig;
        signature.asyncness = Some(Token![async](signature.fn_token.span));
        (signature.constness, signature.abi, signature.variadic) = (None, None, None);
        join_from(PARAMETERS - 1, &mut signature.inputs);
    }

    pub(super) fn is_async(&self) -> bool {
        self.function.sig.asyncness.is_some()
    }
}

/// Makes one parameter of the one at `index` and all after it, where there are more.
fn join_from(index: usize, inputs: &mut Punctuated<FnArg, Token![,]>) {
    if inputs.len() <= index + 1 {
        return;
    }
    let mut first: Vec<_> = std::mem::take(inputs).into_iter().collect();
    let rest = first.split_off(index).into_iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some((parameter.pat, parameter.ty)),
        FnArg::Receiver(_) => None,
    });
    let (patterns, types): (Vec<_>, Vec<_>) = rest.unzip();
    first.push(parse_quote!((#(#patterns),*): (#(#types),*)));
    *inputs = first.into_iter().collect();
}
