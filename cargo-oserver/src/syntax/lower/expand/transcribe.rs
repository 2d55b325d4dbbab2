//! Puts the matched fragments into the body of an arm.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::pattern::repetition;
use super::{Bindings, Bound, together};

pub(super) fn transcribe(body: TokenStream, bindings: &Bindings, call: Span) -> TokenStream {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '$' => {
                at = variable(&tokens, at, bindings, call, &mut out);
            }
            TokenTree::Group(group) => {
                let inner = transcribe(group.stream(), bindings, call);
                out.push(group_at(group.delimiter(), inner, call));
            }
            other => {
                let mut placed = other.clone();
                placed.set_span(call);
                out.push(placed);
            }
        }
    }
    out.into_iter().collect()
}

fn group_at(delimiter: Delimiter, inner: TokenStream, call: Span) -> TokenTree {
    let mut group = Group::new(delimiter, inner);
    group.set_span(call);
    TokenTree::Group(group)
}

/// Transcribes the variable or repetition after a `$`; returns where it ends.
fn variable(
    tokens: &[TokenTree],
    at: usize,
    bindings: &Bindings,
    call: Span,
    out: &mut Vec<TokenTree>,
) -> usize {
    match tokens.get(at) {
        Some(TokenTree::Ident(name)) if name == "crate" => {
            out.push(TokenTree::Ident(Ident::new("crate", call)));
            at + 1
        }
        Some(TokenTree::Ident(name)) => {
            match bindings.get(&name.to_string()) {
                Some(Bound::One(tokens, true)) => out.push(together(tokens.clone())),
                Some(Bound::One(tokens, false)) => out.extend(tokens.clone()),
                _ => {}
            }
            at + 1
        }
        Some(TokenTree::Group(group)) => {
            let Some((separator, _, end)) = repetition(tokens, at + 1) else { return at + 1 };
            for (index, round) in rounds(group.stream(), bindings).iter().enumerate() {
                if let (Some(separator), true) = (&separator, index > 0) {
                    out.push(separator.clone());
                }
                out.extend(transcribe(group.stream(), round, call));
            }
            end
        }
        _ => at,
    }
}

/// Returns the bindings of each repetition: those around it, and one round of each variable that repeats in it.
fn rounds(body: TokenStream, bindings: &Bindings) -> Vec<Bindings> {
    let mut names = Vec::new();
    used(body, &mut names);
    let mut found: Vec<Bindings> = Vec::new();
    for name in &names {
        let Some(Bound::Many(rounds)) = bindings.get(name) else { continue };
        for (index, round) in rounds.iter().enumerate() {
            if found.len() <= index {
                found.push(bindings.clone());
            }
            if let Some(inner) = round.get(name) {
                found[index].insert(name.clone(), inner.clone());
            }
        }
    }
    found
}

fn used(body: TokenStream, into: &mut Vec<String>) {
    let mut dollar = false;
    for token in body {
        match &token {
            TokenTree::Group(group) => used(group.stream(), into),
            TokenTree::Ident(name) if dollar => into.push(name.to_string()),
            _ => {}
        }
        dollar = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '$');
    }
}
