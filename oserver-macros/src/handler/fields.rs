//! `fields(..)`: the fields of the handler's span in addition to the request's own, in tracing's syntax.

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Ident, LitStr, Meta, Result, Signature, Token, braced, token};

use super::statics;
use crate::context::{Context, at, generated};

pub(super) const WRITE_FIELDS: &str =
    "`fields(name = value, name = %displayed, name = ?debugged, %variable, ?variable, set_later)`";

/// The fields that the runtime records in every span.
const OWN: [&str; 6] = ["handler", "request_id", "connection_id", "route", "method", "path"];

#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    name: Name,
    /// `None` where it is set later.
    value: Option<(Form, TokenStream)>,
}

#[derive(Debug)]
enum Name {
    /// `user.id` or `"user id"`.
    Text(String, Span),
    /// `{ CONSTANT }`
    Constant(Expr),
}

/// How a value is recorded: as a method of the runtime's is called.
#[derive(Clone, Copy, Debug)]
enum Form {
    Value,
    Display,
    Debug,
}

impl Fields {
    /// Returns their names, for the declaration; `None` without fields.
    pub(super) fn names(&self) -> Option<TokenStream> {
        let names = self.0.iter().map(|field| &field.name);
        (!self.0.is_empty()).then(|| quote_spanned!(Span::mixed_site()=> &[#(#names),*]))
    }

    /// Returns the closure that records the fields with a value; `None` if there are none.
    pub(super) fn record(&self, context: &Context, signature: &Signature) -> Option<TokenStream> {
        let records: TokenStream =
            self.0.iter().filter_map(|field| field.record(context)).collect();
        if records.is_empty() {
            return None;
        }
        let records = statics::add_assertions_to(context, signature, "fields", records);
        Some(quote_spanned!(Span::mixed_site()=> |fields| { #records }))
    }
}

impl Field {
    fn record(&self, context: &Context) -> Option<TokenStream> {
        let (form, value) = self.value.as_ref()?;
        let name = &self.name;
        let span = at(value);
        let private = context.private(span);
        let form = Ident::new(form.method(), span);
        // By its name, and not by a method: `fields` needs no declaration.
        Some(quote_spanned!(span=> #private::Fields::#form(fields, #name, &(#value));))
    }
}

impl Form {
    fn method(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Display => "display",
            Self::Debug => "debug",
        }
    }

    fn parse(input: ParseStream<'_>) -> Result<Option<Self>> {
        Ok(if input.parse::<Option<Token![%]>>()?.is_some() {
            Some(Self::Display)
        } else if input.parse::<Option<Token![?]>>()?.is_some() {
            Some(Self::Debug)
        } else {
            None
        })
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Text(text, span) => LitStr::new(text, generated(*span)).to_tokens(tokens),
            Self::Constant(constant) => constant.to_tokens(tokens),
        }
    }
}

impl FromMeta for Fields {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let fields = item
            .require_list()?
            .parse_args_with(Punctuated::<Field, Token![,]>::parse_terminated)?;
        let mut names: Vec<&str> = OWN.into();
        for field in &fields {
            let Name::Text(text, span) = &field.name else { continue };
            let message = if OWN.contains(&&**text) {
                format!("fields: every handler's span has `{text}` already: remove it here")
            } else if names.contains(&&**text) {
                format!("fields: `{text}` is given twice: remove one")
            } else {
                names.push(text);
                continue;
            };
            return Err(Error::new(*span, message).into());
        }
        Ok(Self(fields.into_iter().collect()))
    }
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let short = Form::parse(input)?;
        let (name, variable) = name(input)?;
        if input.parse::<Option<Token![=]>>()?.is_none() {
            let value = match (short, variable) {
                (Some(form), Some(variable)) => Some((form, variable)),
                (None, _) => None,
                (Some(_), None) => return Err(input.error(EXPECTED)),
            };
            return Ok(Self { name, value });
        }
        let form = Form::parse(input)?.or(short).unwrap_or(Form::Value);
        let value: Expr = input.parse()?;
        Ok(Self { name, value: Some((form, value.into_token_stream())) })
    }
}

const EXPECTED: &str = "fields: a field with this name needs a value: write `= value` after it";

/// Returns the name, and the value that it stands for if no value follows.
fn name(input: ParseStream<'_>) -> Result<(Name, Option<TokenStream>)> {
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return Ok((Name::Text(text.value(), text.span()), None));
    }
    if input.peek(token::Brace) {
        let constant;
        braced!(constant in input);
        return Ok((Name::Constant(constant.parse()?), None));
    }
    let parts = Punctuated::<Ident, Token![.]>::parse_separated_nonempty_with(input, |input| {
        input.call(Ident::parse_any).map_err(|error| {
            Error::new(error.span(), format!("fields: expected a field; write {WRITE_FIELDS}"))
        })
    })?;
    let text: Vec<_> = parts.iter().map(|part| part.unraw().to_string()).collect();
    let (first, last) = (parts.first().map(Ident::span), parts.last().map(Ident::span));
    let span = first.zip(last).and_then(|(first, last)| first.join(last)).or(first);
    let name = Name::Text(text.join("."), span.unwrap_or_else(Span::call_site));
    Ok((name, Some(parts.into_token_stream())))
}
