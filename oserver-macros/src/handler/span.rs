//! `name = ".."` and `level = ".."`: the name and the level of the handler's span.

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Error, Expr, ExprLit, Lit, Path};

use crate::context::{Context, generated};

pub(super) const WRITE_NAME: &str = "`name = \"checkout\"`, or a constant";

pub(super) const WRITE_LEVEL: &str =
    "`level = \"trace\"`, \"debug\", \"info\", \"warn\" or \"error\"";

const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];

/// A string, the path of a constant that is one, or a macro that makes one: `stringify!`, `concat!`.
#[derive(Debug)]
pub(super) struct SpanName(pub(super) TokenStream);

impl FromMeta for SpanName {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        let message = match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().is_empty() => {
                format!("name: a span needs a name; write {WRITE_NAME}")
            }
            Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) | Expr::Path(_) | Expr::Macro(_) => {
                return Ok(Self(value.to_token_stream()));
            }
            Expr::Group(group) => return Self::from_expr(&group.expr),
            _ => format!("name: the value must be a string; write {WRITE_NAME}"),
        };
        Err(Error::new_spanned(value, message).into())
    }
}

/// In the form that tracing takes.
#[derive(Debug)]
pub(super) enum Level {
    /// The constant's name, and the span of the option.
    Named(String, Span),
    /// A path to a constant of the type `tracing::Level`.
    Constant(Path),
}

impl Level {
    pub(super) fn expand(&self, context: &Context) -> TokenStream {
        match self {
            Self::Named(name, span) => {
                let span = generated(*span);
                let private = context.private(span);
                let name = syn::Ident::new(name, span);
                quote_spanned!(span=> #private::Level::#name)
            }
            Self::Constant(path) => path.to_token_stream(),
        }
    }
}

impl FromMeta for Level {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        let named = match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                let level = text.value();
                LEVELS.iter().find(|name| level.eq_ignore_ascii_case(name))
            }
            // tracing's numbers count from 1.
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
                let index = number.base10_parse::<usize>().ok();
                index.and_then(|number| LEVELS.get(number.checked_sub(1)?))
            }
            Expr::Path(path) if path.qself.is_none() => {
                return Ok(Self::Constant(path.path.clone()));
            }
            Expr::Group(group) => return Self::from_expr(&group.expr),
            _ => None,
        };
        match (named, value) {
            (Some(name), Expr::Lit(literal)) => {
                Ok(Self::Named(name.to_uppercase(), literal.lit.span()))
            }
            _ => {
                let text = value.to_token_stream();
                let message = format!("level: `{text}` is not a level; write {WRITE_LEVEL}");
                Err(Error::new_spanned(value, message).into())
            }
        }
    }
}
