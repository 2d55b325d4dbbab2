//! The check that is put into a body. It is about the type, by `oserver-state`'s `statics`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, Expr, Lifetime};

use crate::assertions::{of_the_user, shared};
use crate::context::{Context, at};

/// How a name is used, which decides the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Use {
    /// As a place of a static: `NAME.lock()`, `&NAME`.
    Place,
    /// As a place that may be a constant's: `Type::NAME.lock()`, `NAME.field.lock()`.
    MaybeFresh,
    /// By its value: `let lock = NAME;`.
    Value,
    /// `&raw const NAME`, which may be all that is allowed with it.
    Raw,
}

/// One name, and the conditions under which it exists.
#[derive(Debug)]
pub(super) struct Assertion {
    pub(super) place: Expr,
    pub(super) how: Use,
    pub(super) conditions: Vec<Attribute>,
}

impl Assertion {
    /// Returns a statement to put before the one with the name.
    ///
    /// A `match` also borrows where a `static mut` may only be read by value.
    pub(super) fn statement(&self, context: &Context) -> TokenStream {
        let Self { place, how, conditions } = self;
        let span = at(place);
        let check = match how {
            Use::Raw => {
                let private = context.private(span);
                let of = quote_spanned!(span=> #private::static_at(&raw const #place));
                check(context, place, Use::Place, &of)
            }
            how => {
                let name = Ident::new("place", span);
                let check = check(context, place, *how, &static_of(context, span, &name));
                quote_spanned!(span=> match #place { ref #name => { #check } })
            }
        };
        quote_spanned!(span=> #(#conditions)* if false { #check })
    }
}

/// Returns the value of an expression, after a check of its type. Check and expression are one, so that the context
/// that determines a generic function's type determines it here, too.
pub(super) fn asserted_value(context: &Context, value: &Expr) -> TokenStream {
    let span = at(value);
    let name = Ident::new("value", span);
    let of = static_of(context, span, &quote_spanned!(span=> &#name));
    let check = check(context, value, Use::Value, &of);
    // Clippy takes an argument with a call for a costly one, unless it contains a `break`.
    let label = Lifetime::new("'checked", Span::mixed_site().located_at(span));
    quote_spanned!(span=> { let #name = #value; #label: { if true { break #label; } #check } #name })
}

fn static_of(context: &Context, span: Span, reference: &impl ToTokens) -> TokenStream {
    let private = context.private(span);
    quote_spanned!(span=> #private::static_of(#reference))
}

fn check(context: &Context, place: &Expr, how: Use, of: &TokenStream) -> TokenStream {
    let (span, users) = (at(place), of_the_user(place));
    let private = context.private(span);
    let method = shared(context, place);
    let (traits, assertion) = match how {
        Use::Place | Use::Raw => {
            let traits = quote_spanned!(span=> ask_place);
            (traits, quote_spanned!(users=> (&&&&&&&&&#of).ask_place()))
        }
        Use::MaybeFresh => {
            let traits = quote_spanned!(span=> ask_lock);
            (traits, quote_spanned!(users=> (&&&&&&#of).ask_lock()))
        }
        Use::Value => {
            let traits = quote_spanned!(span=> ask_value);
            (traits, quote_spanned!(users=> (&&&&&&&&#of).ask_value()))
        }
    };
    quote_spanned! {span=>
        use #private::#traits::*;
        #private::answered(#assertion, #method);
    }
}
