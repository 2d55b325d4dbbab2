//! The options in the parentheses of `#[oserver::actor(..)]`.

use darling::{Error, FromMeta};
use proc_macro2::TokenStream;
use syn::{Expr, ExprLit, Ident, Lit};

use crate::handler::options::Timeout;
use crate::option_parser::{CratePath, Known, WRITE_CRATE, from_text};
use crate::output::Errors;

const KNOWN: Known = Known {
    options: &[
        ("handle", WRITE_HANDLE),
        ("mailbox_capacity", WRITE_MAILBOX),
        ("timeout", "`timeout = \"2s\"`"),
        ("stop", WRITE_STOP),
        ("crate", WRITE_CRATE),
    ],
    sentence: "the options are `handle`, `mailbox_capacity`, `timeout`, `stop` and `crate`",
};

const WRITE_HANDLE: &str = "`handle = Name`, the name of the type that callers have";
const WRITE_MAILBOX: &str = "`mailbox_capacity = 1024`, the number of calls that may wait";
const WRITE_STOP: &str = "`stop = method`, the name of a method without parameters but `&mut self`";

/// The options of an actor; an invalid option has its default.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(super) struct Options {
    pub(super) handle: Option<HandleName>,
    pub(super) mailbox_capacity: Option<Capacity>,
    pub(super) timeout: Option<Timeout>,
    pub(super) stop: Option<MethodName>,
    #[darling(rename = "crate")]
    pub(super) krate: Option<CratePath>,
}

#[derive(Debug)]
pub(super) struct HandleName(pub(super) Ident);

#[derive(Debug)]
pub(super) struct MethodName(pub(super) Ident);

/// How many calls may wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capacity(pub(super) usize);

impl FromMeta for HandleName {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        name(value, &format!("handle: the value must be a name; write {WRITE_HANDLE}")).map(Self)
    }
}

impl FromMeta for MethodName {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        name(value, &format!("stop: the value must be a name; write {WRITE_STOP}")).map(Self)
    }
}

impl FromMeta for Capacity {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        let wrong = || {
            let message =
                format!("mailbox_capacity: the value must be a number; write {WRITE_MAILBOX}");
            Error::from(syn::Error::new_spanned(value, message))
        };
        match value {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
                match number.base10_parse().map_err(|_| wrong())? {
                    0 => {
                        let message =
                            "mailbox_capacity: a mailbox of 0 accepts no command; write at least 1";
                        Err(syn::Error::new_spanned(value, message).into())
                    }
                    number => Ok(Self(number)),
                }
            }
            Expr::Group(group) => Self::from_expr(&group.expr),
            _ => Err(wrong()),
        }
    }
}

/// Returns a name, as such or as a string.
fn name(value: &Expr, otherwise: &str) -> darling::Result<Ident> {
    struct Name(Ident);

    impl FromMeta for Name {
        fn from_string(value: &str) -> darling::Result<Self> {
            let error = |_| Error::custom(format!("`{value}` is not a name"));
            syn::parse_str(value).map(Self).map_err(error)
        }
    }

    match value {
        Expr::Path(path) if let Some(ident) = path.path.get_ident() => Ok(ident.clone()),
        Expr::Group(group) => name(&group.expr, otherwise),
        other => from_text::<Name>(other, otherwise).map(|name| name.0),
    }
}

impl Options {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        KNOWN.read(tokens, errors)
    }
}
