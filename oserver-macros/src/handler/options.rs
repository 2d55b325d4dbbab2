//! What stands in the parentheses of `#[oserver::handler(..)]`.

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::TokenStream;
use syn::Path;
use syn::spanned::Spanned;

use crate::duration::{self, WRITE};
use crate::output::Errors;

const OPTIONS: &str = "the options are `timeout`, `on_disconnect` and `crate`";

/// The options of a handler; what is wrong has its default.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(super) struct Options {
    pub(super) timeout: Option<Timeout>,
    pub(super) on_disconnect: OnDisconnect,
    #[darling(rename = "crate")]
    pub(super) krate: Option<Path>,
}

/// A handler's own deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timeout {
    After(std::time::Duration),
    Never,
}

impl FromMeta for Timeout {
    fn from_string(value: &str) -> darling::Result<Self> {
        match value {
            "never" => Ok(Self::Never),
            text => duration::parse(text)
                .map(Self::After)
                .map_err(|error| Error::custom(format!("timeout: {error}"))),
        }
    }

    fn from_expr(value: &syn::Expr) -> darling::Result<Self> {
        match value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => {
                Self::from_string(&text.value()).map_err(|error| error.with_span(text))
            }
            syn::Expr::Group(group) => Self::from_expr(&group.expr),
            other => Err(Error::custom(format!("timeout: the duration is a string; {WRITE}"))
                .with_span(other)),
        }
    }
}

/// What becomes of the handler when its client has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum OnDisconnect {
    #[default]
    Cancel,
    Finish,
}

impl FromMeta for OnDisconnect {
    fn from_string(value: &str) -> darling::Result<Self> {
        match value {
            "cancel" => Ok(Self::Cancel),
            "finish" => Ok(Self::Finish),
            other => Err(Error::custom(format!(
                "on_disconnect: `{other}` is neither \"cancel\" nor \"finish\""
            ))),
        }
    }
}

impl Options {
    /// Reads the options one by one, so that each that is right holds whatever the others are.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let items = match NestedMeta::parse_meta_list(tokens) {
            Ok(items) => items,
            Err(error) => {
                errors.push(error);
                return Self::default();
            }
        };
        let mut right: Vec<NestedMeta> = Vec::new();
        for item in items {
            let alone = std::slice::from_ref(&item);
            let checked = refuse_unknown(&item)
                .and_then(|()| refuse_second(&item, &right))
                .and_then(|()| Self::from_list(alone).map(drop));
            match checked {
                Ok(()) => right.push(item),
                Err(error) => errors.push(error.into()),
            }
        }
        Self::from_list(&right).unwrap_or_else(|error| {
            errors.push(error.into());
            Self::default()
        })
    }
}

fn refuse_second(item: &NestedMeta, before: &[NestedMeta]) -> darling::Result<()> {
    let NestedMeta::Meta(meta) = item else { return Ok(()) };
    let same = |other: &NestedMeta| matches!(other, NestedMeta::Meta(other) if other.path() == meta.path());
    if before.iter().any(same) {
        let message = format!("`{}` is given twice: remove one", name(meta.path()));
        return Err(Error::custom(message).with_span(meta.path()));
    }
    Ok(())
}

fn refuse_unknown(item: &NestedMeta) -> darling::Result<()> {
    let meta = match item {
        NestedMeta::Meta(syn::Meta::NameValue(meta)) => &meta.path,
        NestedMeta::Meta(meta) if is_known(meta.path()) => {
            let name = name(meta.path());
            return Err(
                Error::custom(format!("{name}: write `{name} = ..`")).with_span(&meta.span())
            );
        }
        NestedMeta::Meta(meta) => meta.path(),
        other => {
            return Err(
                Error::custom(format!("an option has a name; {OPTIONS}")).with_span(&other.span())
            );
        }
    };
    if is_known(meta) {
        return Ok(());
    }
    Err(Error::custom(format!("there is no option `{}`; {OPTIONS}", name(meta)))
        .with_span(&meta.span()))
}

fn is_known(path: &Path) -> bool {
    ["timeout", "on_disconnect", "crate"].iter().any(|option| path.is_ident(option))
}

fn name(path: &Path) -> String {
    quote::ToTokens::to_token_stream(path).to_string().replace(' ', "")
}
