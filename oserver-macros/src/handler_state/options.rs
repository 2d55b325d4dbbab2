//! The options in `#[handler_state(..)]`.

use darling::{Error, FromMeta};
use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token, WherePredicate};

use crate::option_parser::{CratePath, Known, WRITE_CRATE, from_text};
use crate::output::Errors;

const OF_TYPE: Known = Known {
    options: &[("bound", WRITE_BOUND), ("crate", WRITE_CRATE)],
    sentence: "a type has the options `bound` and `crate`, and a field has the option `trusted`",
};

const OF_FIELD: Known = Known {
    options: &[("trusted", WRITE_TRUSTED)],
    sentence: "a field has the option `trusted`, and a type has the options `bound` and `crate`",
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
                let message =
                    format!("bound: the conditions must be a string; write {WRITE_BOUND}");
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
        if !value.chars().any(is_visible) {
            return Err(Error::custom(format!(
                "trusted: the reason is empty; write {WRITE_TRUSTED}; see \
                 https://docs.rs/oserver/latest/oserver/errors/reason_is_missing"
            )));
        }
        Ok(Self)
    }

    fn from_expr(value: &Expr) -> darling::Result<Self> {
        from_text(value, &format!("trusted: the reason must be a string; write {WRITE_TRUSTED}"))
    }
}

/// Returns `true` if a person sees something: not white space, nothing of width zero, no filler.
fn is_visible(character: char) -> bool {
    !matches!(
        u32::from(character),
        0x00..=0x20 | 0x7F..=0xA0 | 0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x1680 | 0x17B4 | 0x17B5
        | 0x180B..=0x180F | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F | 0x2800 | 0x3000 | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF
    )
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
        if tokens.is_empty() {
            let ours = attributes.iter().find(|attribute| is_ours(attribute));
            let message = format!(
                "the reason is missing: write `#[handler_state({})]`; see \
                 https://docs.rs/oserver/latest/oserver/errors/reason_is_missing",
                WRITE_TRUSTED.trim_matches('`')
            );
            errors.push(syn::Error::new_spanned(ours, message));
        } else {
            // Each invalid option is an error there; a valid one vouches.
            let Options { trusted: _ } = OF_FIELD.read(tokens, errors);
        }
        // One with a wrong attribute has its error already: not a second one for its type.
        Self { trusted: true }
    }
}

pub(super) fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().is_ident("handler_state")
}

/// Returns the options of all oserver attributes, as if they were in one.
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
                // No second error for the missing parts.
                all = Some(quote::quote!(trusted = "it has an error"));
                errors.push(syn::Error::new_spanned(
                    other,
                    "write `#[handler_state(trusted = \"why it can do no harm\")]`",
                ));
            }
        }
    }
    all
}
