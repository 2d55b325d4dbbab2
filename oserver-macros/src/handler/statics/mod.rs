//! The question whether a static that a handler's body names is a lock.
//!
//! A name in capitals is a static or a constant, which only the compiler knows. So the question is about
//! the type, and only where the name stands for a place: it is borrowed, or a method is called on it. A
//! constant whose type is a lock, which is a fresh one at each use, is taken by value.
//!
//! | file | what it does |
//! |---|---|
//! | `names` | which paths are such names |
//! | `macros` | the arguments of the standard library's macros |
//! | `walk` | goes through the body, and puts each question in front of its statement |

mod macros;
mod names;
mod walk;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::parse::Parser;
use syn::{Attribute, Block, Path, Signature};

use crate::context::{Context, at};
use crate::function::Function;

/// Puts the questions into a function's body.
pub(super) fn ask(context: &Context, function: &mut Function) {
    let bound = names::bound_by_parameters(&function.sig);
    if let Some(statements) = function.body.statements() {
        walk::walk(context, bound, statements);
    }
}

/// The same for statements that are not the body's, but run under the same guard.
pub(super) fn ask_in(
    context: &Context,
    signature: &Signature,
    statements: TokenStream,
) -> TokenStream {
    let Ok(mut parsed) = Block::parse_within.parse2(statements.clone()) else { return statements };
    walk::walk(context, names::bound_by_parameters(signature), &mut parsed);
    parsed.iter().map(ToTokens::to_token_stream).collect()
}

/// How a static is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Use {
    Place,
    /// `&raw const NAME`, which may be all that is allowed with it.
    Raw,
}

/// The question, under the conditions under which the name stands there.
fn question(context: &Context, conditions: &[Attribute], path: &Path, how: Use) -> TokenStream {
    let span = at(path);
    let private = context.private(span);
    let of = match how {
        Use::Place => quote_spanned!(span=> static_of(&#path)),
        Use::Raw => quote_spanned!(span=> static_at(&raw const #path)),
    };
    quote_spanned! {span=>
        #(#conditions)*
        if false {
            use #private::{
                OtherStatic as _, StaticAroundALock as _, StaticLock as _, TrustedStatic as _,
            };
            (&&&&#private::#of).no_lock();
        }
    }
}
