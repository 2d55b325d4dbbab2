//! Takes the tokens of a call apart as a matcher says.

use std::rc::Rc;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};

use super::pattern::{Pattern, Times};
use super::{Bindings, Bound, same};

/// Returns where what the patterns take ends.
pub(super) fn all(
    patterns: &[Pattern],
    tokens: &[TokenTree],
    mut at: usize,
    into: &mut Bindings,
) -> Option<usize> {
    for pattern in patterns {
        at = one(pattern, tokens, at, into)?;
    }
    Some(at)
}

fn one(pattern: &Pattern, tokens: &[TokenTree], at: usize, into: &mut Bindings) -> Option<usize> {
    match pattern {
        Pattern::Token(expected) => same(expected, tokens.get(at)?).then_some(at + 1),
        Pattern::Group(delimiter, inner) => {
            let TokenTree::Group(group) = tokens.get(at)? else { return None };
            let within: Vec<TokenTree> = group.stream().into_iter().collect();
            let whole =
                group.delimiter() == *delimiter && all(inner, &within, 0, into)? == within.len();
            whole.then_some(at + 1)
        }
        Pattern::Variable(name, fragment) => {
            let length = fragment_length(fragment, &tokens[at.min(tokens.len())..])?;
            let taken: TokenStream = tokens[at..at + length].iter().cloned().collect();
            into.insert(name.clone(), Bound::One(taken, fragment == "expr"));
            Some(at + length)
        }
        Pattern::Repeat(inner, separator, times) => {
            repeat(inner, separator.as_ref(), *times, tokens, at, into)
        }
    }
}

fn repeat(
    inner: &[Pattern],
    separator: Option<&TokenTree>,
    times: Times,
    tokens: &[TokenTree],
    mut at: usize,
    into: &mut Bindings,
) -> Option<usize> {
    let mut rounds: Vec<Bindings> = Vec::new();
    loop {
        let mut from = at;
        if let (Some(separator), false) = (separator, rounds.is_empty()) {
            match tokens.get(at) {
                Some(token) if same(separator, token) => from = at + 1,
                _ => break,
            }
            // The second token of `=>`.
            let joint = matches!(separator, TokenTree::Punct(p) if p.as_char() == '=');
            if joint && matches!(tokens.get(from), Some(TokenTree::Punct(p)) if p.as_char() == '>')
            {
                from += 1;
            }
        }
        let mut round = Bindings::new();
        match all(inner, tokens, from, &mut round) {
            Some(end) if end > from => {
                at = end;
                rounds.push(round);
            }
            _ => break,
        }
        if times == Times::Optional {
            break;
        }
    }
    if times == Times::Some && rounds.is_empty() {
        return None;
    }
    let mut names = Vec::new();
    variables(inner, &mut names);
    let rounds: Rc<[Bindings]> = rounds.into();
    for name in names {
        into.insert(name, Bound::Many(Rc::clone(&rounds)));
    }
    Some(at)
}

fn variables(patterns: &[Pattern], into: &mut Vec<String>) {
    for pattern in patterns {
        match pattern {
            Pattern::Variable(name, _) => into.push(name.clone()),
            Pattern::Group(_, inner) | Pattern::Repeat(inner, _, _) => variables(inner, into),
            Pattern::Token(_) => {}
        }
    }
}

/// Returns how many tokens the fragment takes.
fn fragment_length(fragment: &str, tokens: &[TokenTree]) -> Option<usize> {
    let first = tokens.first();
    match fragment {
        "ident" => matches!(first?, TokenTree::Ident(name) if name != "_").then_some(1),
        "tt" => first.map(|_| lifetime(tokens).unwrap_or(1)),
        "lifetime" => lifetime(tokens),
        "literal" => parsed::<syn::Lit>(tokens)
            .or_else(|| matches!(first?, TokenTree::Punct(p) if p.as_char() == '-').then_some(2)),
        "expr" | "expr_2021" => parsed::<syn::Expr>(tokens),
        "ty" => parsed::<syn::Type>(tokens),
        "path" => parsed::<syn::Path>(tokens),
        "block" => parsed::<syn::Block>(tokens),
        "item" => parsed::<syn::Item>(tokens),
        "vis" => parsed::<syn::Visibility>(tokens).or(Some(0)),
        "meta" => parsed::<syn::Meta>(tokens),
        "pat" => parsed_by(tokens, syn::Pat::parse_multi_with_leading_vert),
        "pat_param" => parsed_by(tokens, syn::Pat::parse_single),
        "stmt" => parsed_by(tokens, |input| {
            input.call(syn::Block::parse_within).map(|_| ()).or_else(|_| {
                let _: syn::Expr = input.parse()?;
                Ok(())
            })
        }),
        _ => None,
    }
}

fn lifetime(tokens: &[TokenTree]) -> Option<usize> {
    let quote = matches!(tokens.first()?, TokenTree::Punct(p) if p.as_char() == '\'');
    (quote && matches!(tokens.get(1)?, TokenTree::Ident(_))).then_some(2)
}

fn parsed<T: Parse>(tokens: &[TokenTree]) -> Option<usize> {
    parsed_by(tokens, T::parse)
}

fn parsed_by<T>(
    tokens: &[TokenTree],
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> Option<usize> {
    let whole: TokenStream = tokens.iter().cloned().collect();
    let rest = |input: ParseStream<'_>| {
        parse(input)?;
        input.parse::<TokenStream>()
    };
    let left = rest.parse2(whole).ok()?.into_iter().count();
    tokens.len().checked_sub(left)
}
