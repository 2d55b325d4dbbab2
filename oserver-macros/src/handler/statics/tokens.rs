//! The pieces that look like an expression in the arguments of an unknown macro.
//!
//! Its tokens may mean anything. So they are taken apart at commas, arrows and semicolons, and a piece that
//! is an expression for us is looked at as one. Words that stand alone may be the macro's own.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprLit, ExprPath, Lit};

use super::assertion::Use;
use super::macros::in_braces;
use super::names::{Spelling, is_in_capitals, is_well_known, path_of, plain, spelling};
use super::walk::Walk;

/// Looks into tokens. `formats`: their texts are format strings.
pub(super) fn look_into(walk: &mut Walk<'_>, tokens: TokenStream, formats: bool) {
    walk.scoped(|walk| {
        walk.scopes.bind_names(words(tokens.clone()));
        pieces(walk, tokens, formats);
    });
}

fn pieces(walk: &mut Walk<'_>, tokens: TokenStream, formats: bool) {
    let pieces = split(tokens);
    // `log!(WARN, "text")`: a name before a text is hardly a value.
    let has_text = |piece: &Vec<TokenTree>| matches!(&piece[..], [TokenTree::Literal(_)]);
    let text = pieces.iter().position(has_text).unwrap_or(0);
    for (number, piece) in pieces.into_iter().enumerate() {
        piece_of(walk, &piece, number >= text, formats);
    }
}

fn piece_of(walk: &mut Walk<'_>, piece: &[TokenTree], may_be_word: bool, formats: bool) {
    let value = without_name(piece);
    let has_name = value.len() < piece.len();
    if let [TokenTree::Group(group)] = value
        && group.delimiter() == Delimiter::Brace
    {
        return match Block::parse_within.parse2(group.stream()) {
            Ok(mut statements) => walk.block(&mut statements),
            Err(_) => pieces(walk, group.stream(), false),
        };
    }
    let Ok(mut expression) = syn::parse2::<Expr>(value.iter().cloned().collect()) else {
        return not_an_expression(walk, value);
    };
    if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &expression {
        let names = in_braces(text).into_iter().filter(|_| formats);
        for name in names {
            let path: ExprPath = syn::parse_quote!(#name);
            walk.find_place(&path, &Expr::Path(path.clone()), None);
        }
        return;
    }
    match path_of(&expression) {
        Some(path) if !matches!(spelling(path), Some(Spelling::Capitals | Spelling::Letter)) => {}
        Some(path) if path.path.get_ident().is_some_and(is_well_known) => {}
        Some(path) if may_be_word || has_name || path.path.segments.len() > 1 => {
            walk.find(&path.clone(), expression.clone(), Use::MaybeFresh);
        }
        Some(_) => {}
        None => walk.visit_expr_mut(&mut expression),
    }
}

/// Its groups may have some, and `NAME.method(..)` is one.
fn not_an_expression(walk: &mut Walk<'_>, tokens: &[TokenTree]) {
    let mut begin = 0;
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        if group.delimiter() == Delimiter::Parenthesis
            && let Some(start) = call_before(&tokens[begin..index])
            && let Ok(mut call) =
                syn::parse2::<Expr>(tokens[begin + start..=index].iter().cloned().collect())
        {
            walk.visit_expr_mut(&mut call);
        } else if group.delimiter() == Delimiter::Brace
            && let Ok(mut statements) = Block::parse_within.parse2(group.stream())
        {
            walk.block(&mut statements);
        } else {
            pieces(walk, group.stream(), false);
        }
        begin = index + 1;
    }
}

/// Returns the start of `path.name`, if the tokens end with one.
fn call_before(tokens: &[TokenTree]) -> Option<usize> {
    let mut start = tokens.len();
    let mut has_dot = false;
    while let Some(token) = start.checked_sub(1).map(|index| &tokens[index]) {
        match token {
            TokenTree::Ident(_) => {}
            TokenTree::Literal(number) if number.to_string().parse::<u32>().is_ok() => {}
            TokenTree::Punct(mark) if mark.as_char() == '.' => has_dot = true,
            TokenTree::Punct(mark) if mark.as_char() == ':' => {}
            _ => break,
        }
        start -= 1;
        // Two words side by side: the first is not of the path.
        if start > 0
            && matches!(tokens[start], TokenTree::Ident(_))
            && matches!(tokens[start - 1], TokenTree::Ident(_))
        {
            break;
        }
    }
    has_dot.then_some(start)
}

/// Returns the piece behind `name =`, `"key":`, `pattern =`, `if`, `%` or `?`.
fn without_name(piece: &[TokenTree]) -> &[TokenTree] {
    let mut value = piece;
    let is_alone = |index: usize| {
        let before = index.checked_sub(1).map(|before| &piece[before]);
        let joint = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.spacing() == Spacing::Joint);
        !joint(&piece[index]) && !before.is_some_and(joint)
    };
    for (index, token) in piece.iter().enumerate() {
        let TokenTree::Punct(mark) = token else { continue };
        let is_key = mark.as_char() == ':' && index == 1;
        if (mark.as_char() == '=' || is_key) && is_alone(index) {
            value = &piece[index + 1..];
            break;
        }
    }
    while let Some((first, rest)) = value.split_first() {
        match first {
            TokenTree::Punct(mark) if matches!(mark.as_char(), '%' | '?') => value = rest,
            TokenTree::Ident(word) if word == "if" => value = rest,
            _ => break,
        }
    }
    value
}

/// Splits tokens at commas, semicolons and arrows.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let mark = match &token {
            TokenTree::Punct(mark) => mark.as_char(),
            _ => ' ',
        };
        let is_arrow = mark == '='
            && matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '>');
        if is_arrow {
            tokens.next();
        }
        if is_arrow || matches!(mark, ',' | ';') {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(token);
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Words that stand where no value is used: the macro may bind them.
pub(super) fn words(tokens: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    collect_words(tokens, &mut words);
    words
}

fn collect_words(tokens: TokenStream, words: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut after_dot = false;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Group(group) => collect_words(group.stream(), words),
            TokenTree::Ident(word) => {
                let is_used = match tokens.peek() {
                    Some(TokenTree::Punct(mark)) => matches!(mark.as_char(), '.' | ':' | '!'),
                    Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
                    _ => false,
                };
                if !is_used && !after_dot && !is_in_capitals(&plain(word)) {
                    words.push(plain(word));
                }
            }
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '.');
    }
}
