//! The question whether a static that a handler's body names is a lock.
//!
//! What a name is only the compiler knows. So the question is about its type, and is a statement in front of the one
//! that has the name, in the innermost block: what the block declares, and `unsafe`, is there, too. Variables
//! are not asked: a lock of one request is no matter.
//!
//! | file | responsible for |
//! |---|---|
//! | `names` | which paths may be a static's, by their spelling |
//! | `scope` | which names are variables |
//! | `walk`, `expressions` | go through the body |
//! | `items` | functions inside of the body |
//! | `question` | what is put into it |
//! | `macros` | the arguments of the standard library's macros |
//! | `conditional` | the branches of `cfg_select!` and `cfg_if!` |
//! | `tokens` | what looks like an expression in the arguments of all other macros |

mod conditional;
mod expressions;
mod items;
mod macros;
mod names;
mod question;
mod scope;
mod tokens;
mod walk;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Block, Signature};

use self::scope::Scopes;
use self::walk::Walk;
use crate::context::Context;
use crate::function::Function;

/// Puts the questions into a function's body.
pub(super) fn ask(context: &Context, function: &mut Function) {
    let scopes = Scopes::of(&function.sig);
    if let Some(statements) = function.body.statements() {
        Walk::new(context, scopes).block(statements);
    }
}

/// The same for statements that are not the body's, but run under the same guard. `variable` is there, too.
pub(super) fn ask_in(
    context: &Context,
    signature: &Signature,
    variable: &str,
    statements: TokenStream,
) -> TokenStream {
    let Ok(mut parsed) = Block::parse_within.parse2(statements.clone()) else { return statements };
    let mut scopes = Scopes::of(signature);
    scopes.bind_names([variable.to_owned()]);
    Walk::new(context, scopes).block(&mut parsed);
    parsed.iter().map(ToTokens::to_token_stream).collect()
}
