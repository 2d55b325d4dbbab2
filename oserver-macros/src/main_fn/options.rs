//! The options in the parentheses of `#[oserver::main(..)]`.

use darling::FromMeta;
use proc_macro2::TokenStream;
use syn::{Expr, ExprLit, Lit};

use crate::option_parser::{CratePath, Known, WRITE_CRATE};
use crate::output::Errors;

const WRITE_LOG: &str = "`log = false`";

const KNOWN: Known = Known {
    options: &[("crate", WRITE_CRATE), ("log", WRITE_LOG)],
    sentence: "the options are `log` and `crate`",
};

/// Whether the log is installed if no other subscriber is.
#[derive(Debug)]
pub(super) struct WantsLog(pub(super) bool);

impl FromMeta for WantsLog {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Lit(ExprLit { lit: Lit::Bool(wanted), .. }) => Ok(Self(wanted.value)),
            Expr::Group(group) => Self::from_expr(&group.expr),
            other => {
                let message =
                    format!("log: the value must be `true` or `false`; write {WRITE_LOG}");
                Err(syn::Error::new_spanned(other, message).into())
            }
        }
    }
}

#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(super) struct Options {
    #[darling(rename = "crate")]
    pub(super) krate: Option<CratePath>,
    pub(super) log: Option<WantsLog>,
}

impl Options {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        KNOWN.read(tokens, errors)
    }
}
