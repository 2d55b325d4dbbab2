//! The arguments of the standard library's macros, which are expressions. What others make of theirs
//! nobody knows.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Macro, Result, Token};

use super::names::is_in_capitals;

/// What a macro does with its arguments.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    /// Those that it borrows.
    pub(super) borrowed: Vec<Expr>,
    /// Those that it has as they are.
    pub(super) taken: Vec<Expr>,
    /// Those whose address it takes.
    pub(super) raw: Vec<Expr>,
}

/// The arguments, if this is a macro of the standard library and they could be read.
pub(super) fn arguments(call: &Macro) -> Option<Arguments> {
    let mut names = call.path.segments.iter().map(|segment| segment.ident.to_string());
    let name = names.next_back()?;
    if !names.next().is_none_or(|first| ["std", "core", "alloc"].contains(&first.as_str())) {
        return None;
    }
    let tokens = call.tokens.clone();
    let arguments = match name.as_str() {
        "print" | "println" | "eprint" | "eprintln" | "format" | "format_args" | "panic"
        | "write" | "writeln" | "assert" | "debug_assert" | "assert_eq" | "assert_ne"
        | "debug_assert_eq" | "debug_assert_ne" | "todo" | "unimplemented" | "unreachable" => {
            Arguments { borrowed: formatted(tokens).ok()?, ..Arguments::default() }
        }
        "vec" => Arguments { taken: elements.parse2(tokens).ok()?, ..Arguments::default() },
        "dbg" | "pin" | "ready" => {
            Arguments { taken: list.parse2(tokens).ok()?, ..Arguments::default() }
        }
        "matches" => {
            Arguments { borrowed: vec![first.parse2(tokens).ok()?], ..Arguments::default() }
        }
        "addr_of" | "addr_of_mut" => {
            Arguments { raw: list.parse2(tokens).ok()?, ..Arguments::default() }
        }
        _ => return None,
    };
    Some(arguments)
}

fn list(input: ParseStream<'_>) -> Result<Vec<Expr>> {
    Ok(Punctuated::<Expr, Token![,]>::parse_terminated(input)?.into_iter().collect())
}

/// `a, b` or `a; count`.
fn elements(input: ParseStream<'_>) -> Result<Vec<Expr>> {
    let mut elements = Vec::new();
    while !input.is_empty() {
        elements.push(input.parse()?);
        if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
        } else if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(elements)
}

fn first(input: ParseStream<'_>) -> Result<Expr> {
    let first = input.parse()?;
    input.parse::<TokenStream>()?;
    Ok(first)
}

/// An argument of `format!`: `name = value`, or a value.
struct Argument {
    name: Option<Ident>,
    value: Expr,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let is_named = input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        let name = if is_named { Some(input.parse()?) } else { None };
        if is_named {
            input.parse::<Token![=]>()?;
        }
        Ok(Self { name, value: input.parse()? })
    }
}

fn formatted(tokens: TokenStream) -> Result<Vec<Expr>> {
    let arguments = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(tokens)?;
    let given = arguments.iter().filter_map(|argument| Some(argument.name.as_ref()?.to_string()));
    let given: HashSet<String> = given.collect();
    let text = arguments.iter().find_map(|argument| match &argument.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        _ => None,
    });
    let inside = text.iter().flat_map(in_braces).filter(|name| !given.contains(&name.to_string()));
    let inside: Vec<Expr> = inside.map(|name| syn::parse_quote!(#name)).collect();
    Ok(arguments.into_iter().map(|argument| argument.value).chain(inside).collect())
}

/// The names in capitals that a format string has in its braces.
fn in_braces(text: &LitStr) -> Vec<Ident> {
    let mut names = Vec::new();
    let value = text.value().replace("{{", "");
    for piece in value.split('{').skip(1) {
        let end = piece.find([':', '}']).unwrap_or(piece.len());
        let name = piece[..end].trim();
        if is_in_capitals(name) && syn::parse_str::<Ident>(name).is_ok() {
            names.push(Ident::new(name, text.span()));
        }
    }
    names
}
