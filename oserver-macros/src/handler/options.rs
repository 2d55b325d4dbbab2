//! The options in the parentheses of `#[oserver::handler(..)]`.

use darling::{Error, FromMeta};
use proc_macro2::TokenStream;

use super::fields::{Fields, WRITE_FIELDS};
use super::span::{Level, SpanName, WRITE_LEVEL, WRITE_NAME};
use crate::duration::{self, WRITE};
use crate::option_parser::{CratePath, Known, WRITE_CRATE, from_text};
use crate::output::Errors;

const KNOWN: Known = Known {
    options: &[
        ("timeout", "`timeout = \"2s\"`"),
        ("name", WRITE_NAME),
        ("level", WRITE_LEVEL),
        ("fields", WRITE_FIELDS),
        ("on_disconnect", WRITE_ON_DISCONNECT),
        ("crate", WRITE_CRATE),
    ],
    sentence: "the options are `timeout`, `name`, `level`, `fields(..)`, `on_disconnect` and `crate`",
};

const WRITE_ON_DISCONNECT: &str = "`on_disconnect = \"cancel\"` or `on_disconnect = \"finish\"`";

/// The options of a handler; an invalid option has its default.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(super) struct Options {
    pub(super) timeout: Option<Timeout>,
    pub(super) name: Option<SpanName>,
    pub(super) level: Option<Level>,
    pub(super) fields: Fields,
    pub(super) on_disconnect: OnDisconnect,
    #[darling(rename = "crate")]
    pub(super) krate: Option<CratePath>,
}

/// A handler's own deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timeout {
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
        from_text(value, &format!("timeout: the duration must be a string; {WRITE}"))
    }
}

/// The reaction to a disconnected client: the handler is cancelled, or it finishes.
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

    fn from_expr(value: &syn::Expr) -> darling::Result<Self> {
        from_text(
            value,
            &format!("on_disconnect: the value must be a string; write {WRITE_ON_DISCONNECT}"),
        )
    }
}

impl Options {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        KNOWN.read_with_lists(&["fields"], tokens, errors)
    }
}
