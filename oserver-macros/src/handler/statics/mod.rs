//! Checks whether a static that a handler's body names is a lock.
//!
//! Only the compiler knows the meaning of a name. So the check is about its type. It is a statement before the one
//! with the name, in the innermost block, where the block's declarations and its `unsafe` hold, too. Variables are not
//! checked: a lock of one request does no harm.
//!
//! | file | responsible for |
//! |---|---|
//! | `names` | the paths that may be a static, by their spelling |
//! | `scope` | the names that are variables |
//! | `walk`, `expressions` | go through the body |
//! | `items` | functions inside of the body |
//! | `assertion` | the statement that is added |
//! | `macros` | the arguments of the standard library's macros |
//! | `conditional` | the branches of `cfg_select!` and `cfg_if!` |
//! | `tokens` | parts that look like an expression in the arguments of all other macros |

mod assertion;
mod conditional;
mod expressions;
mod items;
mod macros;
mod names;
mod scope;
mod tokens;
mod walk;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Block, Meta, MetaList, Signature, Stmt, Token};

use self::scope::Scopes;
use self::walk::Walk;
use crate::context::Context;
use crate::function::Function;

/// Puts the assertions into a function's body.
pub(super) fn add_assertions(context: &Context, function: &mut Function) {
    let scopes = Scopes::of(&function.sig);
    let of_attributes = of_attributes(context, function);
    if let Some(statements) = function.body.statements() {
        Walk::new(context, scopes).block(statements);
        // Lints object where items follow a statement.
        let is_item = |statement: &&Stmt| matches!(statement, Stmt::Item(_));
        let items = statements.iter().take_while(is_item).count();
        statements.splice(items..items, of_attributes);
    }
}

/// Returns the checks for names in `#[tracing::instrument(fields(..))]` below the handler's attribute: these get into
/// the function later.
fn of_attributes(context: &Context, function: &Function) -> Vec<Stmt> {
    let calls: TokenStream = function.attrs.iter().filter_map(as_call).collect();
    let Ok(mut calls) = Block::parse_within.parse2(calls) else { return Vec::new() };
    Walk::new(context, Scopes::of(&function.sig)).block(&mut calls);
    let is_call = |statement: &Stmt| matches!(statement, Stmt::Macro(call) if call.mac.path.is_ident("instrument"));
    calls.retain(|statement| !is_call(statement));
    calls
}

/// Returns the attribute as the call of a macro with the same arguments, under the same condition.
fn as_call(attribute: &Attribute) -> Option<TokenStream> {
    let call = |meta: &Meta| {
        let Meta::List(MetaList { path, tokens, .. }) = meta else { return None };
        let is_instrument = path.segments.last().is_some_and(|last| last.ident == "instrument");
        is_instrument.then(|| quote!(instrument!(#tokens);))
    };
    let Meta::List(list) = &attribute.meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return call(&attribute.meta);
    }
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    let condition = parts.first()?;
    let calls = parts.iter().skip(1).filter_map(call);
    Some(calls.map(|call| quote!(#[cfg(#condition)] #call)).collect())
}

/// Returns the same for statements outside of the body that run under the same guard. `variable` is in scope, too.
pub(super) fn add_assertions_to(
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
