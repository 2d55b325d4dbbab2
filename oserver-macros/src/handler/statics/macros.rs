//! The arguments of the standard library's macros, which are expressions.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Macro, Pat, Result, Token};

use super::assertion::Use;
use super::names::{may_be_inferred, path_of};
use super::walk::Walk;

/// The result of reading a macro's arguments.
pub(super) enum Read {
    Known(Box<Arguments>),
    /// The macro is from another crate, or the user's own.
    Unknown,
    /// Text and types.
    NoExpressions,
}

/// The arguments of a macro of the standard library, by how the macro uses them.
pub(super) enum Arguments {
    /// The macro borrows its arguments.
    Borrowed(Punctuated<Argument, Token![,]>),
    /// The macro borrows its arguments. The first is a condition, whose text the macro shows.
    Asserted(Punctuated<Argument, Token![,]>),
    /// The macro compares its first two arguments.
    Compared(Punctuated<Argument, Token![,]>),
    /// The macro shows the texts of its arguments.
    Shown(Punctuated<Expr, Token![,]>),
    /// The macro takes its arguments as they are.
    Taken(Punctuated<Expr, Token![,]>),
    /// `vec![value; count]`
    Repeated(Expr, Expr),
    /// The macro takes the address of its argument.
    Raw(Expr),
    /// `matches!(value, pattern if guard)`
    Matched(Box<Matched>),
}

pub(super) struct Matched {
    value: Expr,
    pattern: Pat,
    guard: Option<Expr>,
}

impl Arguments {
    pub(super) fn read(call: &Macro) -> Read {
        let mut names = call.path.segments.iter().map(|segment| segment.ident.to_string());
        let name = names.next_back().unwrap_or_default();
        let is_std = names.next().is_none_or(|first| ["std", "core", "alloc"].contains(&&*first));
        let tokens = || call.tokens.clone();
        let arguments = match name.as_str() {
            "stringify" | "concat" | "cfg" | "env" | "option_env" | "include" | "include_str"
            | "include_bytes" | "line" | "column" | "file" | "module_path" | "offset_of"
            | "compile_error" | "thread_local" | "macro_rules" => return Read::NoExpressions,
            _ if !is_std => return Read::Unknown,
            "print" | "println" | "eprint" | "eprintln" | "format" | "format_args" | "panic"
            | "write" | "writeln" | "todo" | "unimplemented" | "unreachable" => {
                Punctuated::parse_terminated.parse2(tokens()).map(Self::Borrowed)
            }
            "assert" | "debug_assert" => {
                Punctuated::parse_terminated.parse2(tokens()).map(Self::Asserted)
            }
            "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => {
                Punctuated::parse_terminated.parse2(tokens()).map(Self::Compared)
            }
            "vec" => repeated
                .parse2(tokens())
                .or_else(|_| Punctuated::parse_terminated.parse2(tokens()).map(Self::Taken)),
            "dbg" => Punctuated::parse_terminated.parse2(tokens()).map(Self::Shown),
            "pin" | "ready" => Punctuated::parse_terminated.parse2(tokens()).map(Self::Taken),
            "matches" => matched.parse2(tokens()),
            "addr_of" | "addr_of_mut" => syn::parse2(tokens()).map(Self::Raw),
            _ => return Read::Unknown,
        };
        arguments.map_or(Read::Unknown, |arguments| Read::Known(Box::new(arguments)))
    }

    /// Returns the condition of an `assert!` without a message.
    pub(super) fn condition(&self) -> Option<TokenStream> {
        match self {
            Self::Asserted(arguments) if arguments.len() == 1 => {
                Some(arguments.first()?.to_token_stream())
            }
            _ => None,
        }
    }

    /// Adds the message that `assert!` makes of its condition, which has a check in it.
    pub(super) fn show(&mut self, condition: &TokenStream) {
        if let Self::Asserted(arguments) = self {
            for value in [quote!("assertion failed: {}"), quote!(::core::stringify!(#condition))] {
                arguments.push(Argument { name: None, value: Expr::Verbatim(value) });
            }
        }
    }

    pub(super) fn look_into(&mut self, walk: &mut Walk<'_>) {
        let is_comparison = matches!(self, Self::Compared(_));
        match self {
            Self::Borrowed(arguments) | Self::Asserted(arguments) | Self::Compared(arguments) => {
                let captured = captured(arguments);
                for argument in arguments.iter_mut() {
                    // The other side of a comparison determines its type.
                    if is_comparison && path_of(&argument.value).is_some_and(may_be_inferred) {
                        walk.visit_expr_mut(&mut argument.value);
                    } else {
                        walk.place(&mut argument.value);
                    }
                }
                for name in captured {
                    let path: ExprPath = syn::parse_quote!(#name);
                    walk.find_place(&path, &Expr::Path(path.clone()), None);
                }
            }
            Self::Shown(arguments) => walk.kept(|walk| {
                arguments.iter_mut().for_each(|argument| walk.visit_expr_mut(argument));
            }),
            Self::Taken(arguments) => {
                arguments.iter_mut().for_each(|argument| walk.visit_expr_mut(argument));
            }
            Self::Repeated(value, _) => walk.visit_expr_mut(value),
            Self::Raw(value) => match path_of(value) {
                Some(path) => walk.find(&path.clone(), value.clone(), Use::Raw),
                None => walk.visit_expr_mut(value),
            },
            Self::Matched(matched) => walk.scoped(|walk| {
                walk.place(&mut matched.value);
                walk.scopes.bind(&matched.pattern);
                if let Some(guard) = &mut matched.guard {
                    walk.visit_expr_mut(guard);
                }
            }),
        }
    }
}

impl ToTokens for Arguments {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Borrowed(arguments) | Self::Asserted(arguments) | Self::Compared(arguments) => {
                arguments.to_tokens(tokens);
            }
            Self::Shown(arguments) | Self::Taken(arguments) => arguments.to_tokens(tokens),
            Self::Repeated(value, count) => tokens.extend(quote!(#value; #count)),
            Self::Raw(value) => value.to_tokens(tokens),
            Self::Matched(matched) => {
                let Matched { value, pattern, guard } = &**matched;
                let guard = guard.as_ref().map(|guard| quote!(if #guard));
                tokens.extend(quote!(#value, #pattern #guard));
            }
        }
    }
}

fn repeated(input: ParseStream<'_>) -> Result<Arguments> {
    let value = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(Arguments::Repeated(value, input.parse()?))
}

fn matched(input: ParseStream<'_>) -> Result<Arguments> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    let pattern = Pat::parse_multi_with_leading_vert(input)?;
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    input.parse::<Option<Token![,]>>()?;
    Ok(Arguments::Matched(Box::new(Matched { value, pattern, guard })))
}

/// An argument of `format!`: `name = value`, or a value.
pub(super) struct Argument {
    name: Option<(Ident, Token![=])>,
    value: Expr,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let is_named = input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        let name = if is_named { Some((input.parse()?, input.parse()?)) } else { None };
        Ok(Self { name, value: input.parse()? })
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (name, equals) = self.name.as_ref().map(|(name, equals)| (name, equals)).unzip();
        name.to_tokens(tokens);
        equals.to_tokens(tokens);
        self.value.to_tokens(tokens);
    }
}

/// Returns `true` if a macro of another crate takes a text as `format!` does.
pub(super) fn formats(call: &Macro) -> bool {
    const NAMES: &[&str] = &[
        "trace",
        "debug",
        "info",
        "warn",
        "error",
        "event",
        "log",
        "trace_span",
        "debug_span",
        "info_span",
        "warn_span",
        "error_span",
        "span",
        "anyhow",
        "bail",
        "ensure",
        "eyre",
        "format_err",
    ];
    call.path.segments.last().is_some_and(|last| NAMES.iter().any(|name| last.ident == name))
}

/// Returns the names that a format string has in its braces, and that are no arguments.
fn captured(arguments: &Punctuated<Argument, Token![,]>) -> Vec<Ident> {
    let given = arguments.iter().filter_map(|argument| Some(argument.name.as_ref()?.0.to_string()));
    let given: HashSet<String> = given.collect();
    let text = arguments.iter().find_map(|argument| match &argument.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    });
    let names = text.into_iter().flat_map(in_braces);
    names.filter(|name| !given.contains(&name.to_string())).collect()
}

/// Returns the names that a format string has in its braces.
pub(super) fn in_braces(text: &LitStr) -> Vec<Ident> {
    let mut names = Vec::new();
    let value = text.value().replace("{{", "");
    for piece in value.split('{').skip(1) {
        let end = piece.find([':', '}']).unwrap_or(piece.len());
        // A keyword stands for a name that is written `r#keyword` elsewhere.
        let name = piece[..end].trim().trim_start_matches("r#");
        if let Ok(name) = syn::parse_str::<Ident>(name) {
            names.push(Ident::new(&name.to_string(), text.span()));
        } else if let Ok(name) = syn::parse_str::<Ident>(&format!("r#{name}")) {
            names.push(Ident::new_raw(&name.unraw().to_string(), text.span()));
        }
    }
    names
}
