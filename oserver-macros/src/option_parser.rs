//! The options in the parentheses of an attribute, read one by one, so that each valid option holds, whatever the
//! others are.

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, ExprLit, Lit, Meta, Path, Result, Token, token};

use crate::output::Errors;

/// The options that an attribute knows.
pub(crate) struct Known {
    /// Names, and examples of values.
    pub(crate) options: &'static [(&'static str, &'static str)],
    /// All names in a sentence.
    pub(crate) sentence: &'static str,
}

/// The advice how to write the option `crate`.
pub(crate) const WRITE_CRATE: &str = "`crate = path::of::oserver`";

/// The path of the crate `oserver`.
#[derive(Clone, Debug)]
pub(crate) struct CratePath(pub(crate) Path);

impl FromMeta for CratePath {
    fn from_string(value: &str) -> darling::Result<Self> {
        syn::parse_str(value).map(Self).map_err(|_| {
            darling::Error::custom(format!("crate: `{value}` is not a path; write {WRITE_CRATE}"))
        })
    }

    fn from_expr(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Path(path) if path.qself.is_none() => Ok(Self(path.path.clone())),
            Expr::Group(group) => Self::from_expr(&group.expr),
            other => {
                from_text(other, &format!("crate: the value must be a path; write {WRITE_CRATE}"))
            }
        }
    }
}

/// Reads a value that is a string.
///
/// # Errors
/// `otherwise`, at the value that is no string.
pub(crate) fn from_text<T: FromMeta>(value: &Expr, otherwise: &str) -> darling::Result<T> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            T::from_string(&text.value()).map_err(|error| error.with_span(text))
        }
        Expr::Group(group) => from_text(&group.expr, otherwise),
        other => Err(Error::new_spanned(other, otherwise).into()),
    }
}

impl Known {
    /// Reads the valid options; an invalid option has its default.
    pub(crate) fn read<T: FromMeta + Default>(
        &self,
        tokens: TokenStream,
        errors: &mut Errors,
    ) -> T {
        self.read_with_lists(&[], tokens, errors)
    }

    /// As [`read`](Self::read), for options of which some have values in parentheses, and not after a `=`.
    pub(crate) fn read_with_lists<T: FromMeta + Default>(
        &self,
        lists: &[&str],
        tokens: TokenStream,
        errors: &mut Errors,
    ) -> T {
        let mut right: Vec<NestedMeta> = Vec::new();
        for tokens in separated(tokens) {
            let checked = self.parse(lists, tokens).and_then(|option| {
                refuse_second(&option, &right)?;
                let option = NestedMeta::Meta(option);
                T::from_list(std::slice::from_ref(&option))?;
                Ok(option)
            });
            match checked {
                Ok(option) => right.push(option),
                Err(error) => errors.push(error),
            }
        }
        T::from_list(&right).unwrap_or_else(|error| {
            errors.push(error.into());
            T::default()
        })
    }

    fn parse(&self, lists: &[&str], tokens: TokenStream) -> Result<Meta> {
        let Ok((name, value)) = name_and_value.parse2(tokens.clone()) else {
            let message = format!("an option needs a name; {}", self.sentence);
            return Err(Error::new_spanned(tokens, message));
        };
        let Some((known, write)) = self.options.iter().find(|(option, _)| name.is_ident(option))
        else {
            let message = format!("there is no option `{}`; {}", text(&name), self.sentence);
            return Err(Error::new_spanned(name, message));
        };
        if value != Some(Value { is_list: lists.contains(known) }) {
            return Err(Error::new_spanned(tokens, format!("{known}: write {write}")));
        }
        alone.parse2(tokens)
    }
}

/// How an existing value is written.
#[derive(PartialEq, Eq)]
struct Value {
    is_list: bool,
}

fn name_and_value(input: ParseStream<'_>) -> Result<(Path, Option<Value>)> {
    let name = input.call(Path::parse_mod_style)?;
    let is_list = input.peek(token::Paren);
    let equals: Option<Token![=]> = input.parse()?;
    let value: TokenStream = input.parse()?;
    let is_there = is_list || (equals.is_some() && !value.is_empty());
    Ok((name, is_there.then_some(Value { is_list })))
}

fn alone(input: ParseStream<'_>) -> Result<Meta> {
    let option = input.parse()?;
    if input.is_empty() { Ok(option) } else { Err(input.error("expected `,`")) }
}

fn refuse_second(option: &Meta, before: &[NestedMeta]) -> Result<()> {
    let same = |other: &NestedMeta| matches!(other, NestedMeta::Meta(other) if other.path() == option.path());
    if before.iter().any(same) {
        let message = format!("`{}` is given twice: remove one", text(option.path()));
        return Err(Error::new_spanned(option.path(), message));
    }
    Ok(())
}

/// Returns the options as they stand between the commas. Where one is missing its comma stands for it.
fn separated(tokens: TokenStream) -> Vec<TokenStream> {
    let mut options = Vec::new();
    let mut option = TokenStream::new();
    for token in tokens {
        if !matches!(&token, TokenTree::Punct(mark) if mark.as_char() == ',') {
            option.extend([token]);
            continue;
        }
        if option.is_empty() {
            option.extend([token]);
        }
        options.push(std::mem::take(&mut option));
    }
    if !option.is_empty() {
        options.push(option);
    }
    options
}

fn text(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
