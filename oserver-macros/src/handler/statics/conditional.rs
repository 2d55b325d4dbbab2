//! `cfg_select!` and `cfg_if!`: of their branches one is compiled, and the names in the others may not exist.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::parse::Parser;
use syn::{Attribute, Block, Macro};

use super::tokens;
use super::walk::Walk;

/// A branch, under its own condition, if it has one.
type Branch = (Option<TokenStream>, TokenStream);

/// Returns `true` if it is one of them.
pub(super) fn look_into(walk: &mut Walk<'_>, call: &Macro) -> bool {
    let Some(name) = call.path.segments.last() else { return false };
    let branches = match name.ident.to_string().as_str() {
        "cfg_select" => selected(call.tokens.clone()),
        "cfg_if" => chained(call.tokens.clone()),
        _ => return false,
    };
    let mut before: Vec<TokenStream> = Vec::new();
    for (condition, branch) in branches {
        let is_it = condition.clone().map(|condition| quote!(#condition,));
        let attribute: Attribute = syn::parse_quote!(#[cfg(all(#is_it not(any(#(#before),*))))]);
        before.extend(condition);
        walk.within(|walk| {
            walk.conditions.push(attribute);
            walk.frozen(|walk| match Block::parse_within.parse2(branch.clone()) {
                Ok(mut statements) => walk.block(&mut statements),
                Err(_) => tokens::look_into(walk, branch, false),
            });
        });
    }
    true
}

/// `unix => { .. } _ => value,`
fn selected(tokens: TokenStream) -> Vec<Branch> {
    let mut branches = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while tokens.peek().is_some() {
        let mut condition = TokenStream::new();
        while let Some(token) = tokens.next() {
            let is_arrow = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '=')
                && matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '>');
            if is_arrow {
                tokens.next();
                break;
            }
            // The comma that may stand behind a branch.
            if !matches!(&token, TokenTree::Punct(mark) if mark.as_char() == ',') {
                condition.extend([token]);
            }
        }
        let branch = match tokens.next() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                group.stream()
            }
            first => first
                .into_iter()
                .chain(tokens.by_ref().take_while(
                    |token| !matches!(token, TokenTree::Punct(mark) if mark.as_char() == ','),
                ))
                .collect(),
        };
        let is_rest = condition.to_string() == "_";
        branches.push(((!is_rest).then_some(condition), branch));
    }
    branches
}

/// `if #[cfg(unix)] { .. } else if #[cfg(..)] { .. } else { .. }`
fn chained(tokens: TokenStream) -> Vec<Branch> {
    let mut branches = Vec::new();
    let mut condition = None;
    for token in tokens {
        let TokenTree::Group(group) = token else { continue };
        if group.delimiter() == Delimiter::Brace {
            branches.push((condition.take(), group.stream()));
        } else if let [TokenTree::Ident(name), TokenTree::Group(inner)] =
            &*group.stream().into_iter().collect::<Vec<_>>()
            && name == "cfg"
        {
            condition = Some(inner.stream());
        }
    }
    branches
}
