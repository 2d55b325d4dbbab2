//! What stands in `#[handler_state(..)]`.

use darling::{Error, FromMeta};
use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token, WherePredicate};

use crate::options::{CratePath, Known, WRITE_CRATE, from_text};
use crate::output::Errors;

const OF_TYPE: Known = Known {
    options: &[("bound", WRITE_BOUND), ("crate", WRITE_CRATE)],
    sentence: "the options of a type are `bound` and `crate`, that of a field is `trusted`",
};

const OF_FIELD: Known = Known {
    options: &[("trusted", WRITE_TRUSTED)],
    sentence: "the option of a field is `trusted`, those of the type are `bound` and `crate`",
};

const WRITE_BOUND: &str = "`bound = \"T: HandlerState\"`";
const WRITE_TRUSTED: &str = "`trusted = \"why it can do no harm\"`";

/// The options on the type itself.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(super) struct OfType {
    pub(super) bound: Option<Bound>,
    #[darling(rename = "crate")]
    pub(super) krate: Option<CratePath>,
}

/// The conditions under which a generic type is state.
#[derive(Debug)]
pub(super) struct Bound(pub(super) Vec<WherePredicate>);

impl FromMeta for Bound {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                let predicates = Punctuated::<WherePredicate, Token![,]>::parse_terminated;
                text.parse_with(predicates)
                    .map(|predicates| Self(predicates.into_iter().collect()))
                    .map_err(|error| {
                        Error::custom(format!("bound: {error}; write {WRITE_BOUND}"))
                            .with_span(text)
                    })
            }
            Expr::Group(group) => Self::from_expr(&group.expr),
            other => {
                let message = format!("bound: the conditions are a string; write {WRITE_BOUND}");
                Err(syn::Error::new_spanned(other, message).into())
            }
        }
    }
}

/// The options on a field.
#[derive(Debug, Default)]
pub(super) struct OfField {
    pub(super) trusted: bool,
}

#[derive(Debug, Default, FromMeta)]
#[darling(default)]
struct Options {
    trusted: Option<Reason>,
}

/// Why a field is trusted; it is for people, and goes nowhere.
#[derive(Debug)]
struct Reason;

impl FromMeta for Reason {
    fn from_string(value: &str) -> darling::Result<Self> {
        if value.trim().is_empty() {
            return Err(Error::custom(format!(
                "trusted: the reason is empty; write {WRITE_TRUSTED}; see \
                 https://docs.rs/oserver/latest/oserver/errors/reason_is_missing"
            )));
        }
        Ok(Self)
    }

    fn from_expr(value: &Expr) -> darling::Result<Self> {
        from_text(value, &format!("trusted: the reason is a string; write {WRITE_TRUSTED}"))
    }
}

impl OfType {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let ours = ours(attributes, errors);
        ours.map_or_else(Self::default, |tokens| OF_TYPE.read(tokens, errors))
    }
}

impl OfField {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let Some(tokens) = ours(attributes, errors) else { return Self::default() };
        let Options { trusted: _ } = OF_FIELD.read(tokens, errors);
        // One with a wrong attribute has its error already: not a second one for its type.
        Self { trusted: true }
    }
}

pub(super) fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().is_ident("handler_state")
}

/// The options of all attributes of ours, as if they stood in one.
fn ours(attributes: &[Attribute], errors: &mut Errors) -> Option<TokenStream> {
    let mut all: Option<TokenStream> = None;
    for attribute in attributes.iter().filter(|attribute| is_ours(attribute)) {
        match &attribute.meta {
            Meta::List(list) => {
                let all = all.get_or_insert_default();
                if !all.is_empty() {
                    all.extend(quote::quote!(,));
                }
                all.extend(list.tokens.clone());
            }
            other => {
                all.get_or_insert_default();
                errors.push(syn::Error::new_spanned(
                    other,
                    "write `#[handler_state(trusted = \"why it can do no harm\")]`",
                ));
            }
        }
    }
    all
}
