//! Matchers of `macro_rules!`, parsed.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

#[derive(Debug)]
pub(super) enum Pattern {
    Token(TokenTree),
    Group(Delimiter, Vec<Pattern>),
    /// `$name:fragment`
    Variable(String, String),
    /// `$( … ) separator *`
    Repeat(Vec<Pattern>, Option<TokenTree>, Times),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Any,
    Some,
    Optional,
}

/// `None`: not as macro_rules has it.
pub(super) fn parse(tokens: TokenStream) -> Option<Vec<Pattern>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '$' => match tokens.get(at)? {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                    let inner = parse(group.stream())?;
                    let (separator, times, next) = repetition(&tokens, at + 1)?;
                    found.push(Pattern::Repeat(inner, separator, times));
                    at = next;
                }
                TokenTree::Ident(name) => {
                    let TokenTree::Ident(fragment) = tokens.get(at + 2)? else { return None };
                    found.push(Pattern::Variable(name.to_string(), fragment.to_string()));
                    at += 3;
                }
                _ => return None,
            },
            TokenTree::Group(group) => {
                found.push(Pattern::Group(group.delimiter(), parse(group.stream())?));
            }
            other => found.push(Pattern::Token(other.clone())),
        }
    }
    Some(found)
}

/// Returns the parts after `$( … )`: a separator of at most one token, how often, and where it ends.
pub(super) fn repetition(
    tokens: &[TokenTree],
    at: usize,
) -> Option<(Option<TokenTree>, Times, usize)> {
    let times = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => match punct.as_char() {
            '*' => Some(Times::Any),
            '+' => Some(Times::Some),
            '?' => Some(Times::Optional),
            _ => None,
        },
        _ => None,
    };
    let first = tokens.get(at)?;
    match times(first) {
        Some(times) => Some((None, times, at + 1)),
        None => match times(tokens.get(at + 1)?) {
            Some(found) => Some((Some(first.clone()), found, at + 2)),
            // `=>` and the like: two tokens of one separator.
            None => Some((Some(first.clone()), times(tokens.get(at + 2)?)?, at + 3)),
        },
    }
}
