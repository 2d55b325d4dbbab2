//! The type that the derive is on.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Field, Fields, Generics, Ident, Index, Type};

use super::options::{Bound, OfField, OfType, is_ours};
use crate::context::{at, generated};
use crate::option_parser::CratePath;
use crate::output::Errors;

/// Attributes of the compiler. Any other can be a macro, which changes the type after the derive has read it.
const OF_THE_COMPILER: &[&str] = &[
    "allow",
    "cfg",
    "cfg_attr",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "forbid",
    "must_use",
    "non_exhaustive",
    "repr",
    "warn",
];

/// A type of the user's, and the types of its fields to check.
#[derive(Debug)]
pub(super) struct State {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) krate: Option<CratePath>,
    /// The conditions that the user wrote in the place of ours.
    pub(super) bound: Option<Bound>,
    /// The types of the fields that are not trusted.
    pub(super) checked: Vec<Type>,
    /// Code that compiles if the type still has the fields that the derive has read; empty if no attribute can change them.
    pub(super) unchanged: TokenStream,
}

impl State {
    pub(super) fn read(input: &DeriveInput, errors: &mut Errors) -> Self {
        let OfType { bound, krate } = OfType::read(&input.attrs, errors);
        let mut checked = Vec::new();
        for field in fields(&input.data) {
            let OfField { trusted } = OfField::read(&field.attrs, errors);
            if !trusted {
                checked.push(field.ty.clone());
            }
        }
        let (mut ident, generics) = (input.ident.clone(), input.generics.clone());
        // With the user's own span, the name of such a type would be a use of it.
        if input.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated")) {
            ident.set_span(generated(ident.span()));
        }
        Self { ident, generics, krate, bound, checked, unchanged: unchanged(input) }
    }
}

fn unchanged(input: &DeriveInput) -> TokenStream {
    let of_the_compiler = |attribute: &Attribute| {
        is_ours(attribute) || OF_THE_COMPILER.iter().any(|name| attribute.path().is_ident(name))
    };
    if input.attrs.iter().all(of_the_compiler) {
        return TokenStream::new();
    }
    let variants: Vec<(Option<&Ident>, &Fields)> = match &input.data {
        Data::Struct(data) => vec![(None, &data.fields)],
        Data::Enum(data) => {
            data.variants.iter().map(|variant| (Some(&variant.ident), &variant.fields)).collect()
        }
        Data::Union(_) => Vec::new(),
    };
    if variants.is_empty() {
        return TokenStream::new();
    }
    // A field of a packed type cannot be borrowed.
    let is_packed = input.attrs.iter().any(|attribute| {
        attribute.path().is_ident("repr")
            && attribute.to_token_stream().to_string().contains("packed")
    });
    let span = at(&input.ident);
    let arms = variants.into_iter().map(|(variant, fields)| {
        let variant = variant.map(|variant| quote_spanned!(span=> ::#variant));
        let (members, types): (Vec<_>, Vec<_>) =
            fields.iter().enumerate().map(|(index, field)| member(index, field, is_packed)).unzip();
        quote_spanned!(span=> Self #variant { #(#members),* } => { #(#types)* })
    });
    quote_spanned!(span=> match self { #(#arms)* })
}

/// Returns a field in a pattern, and a statement with its type.
fn member(index: usize, field: &Field, is_packed: bool) -> (TokenStream, TokenStream) {
    let (place, ty) = (at(&field.ty), &field.ty);
    let member = match &field.ident {
        Some(name) => {
            let mut name = name.clone();
            name.set_span(place);
            name.to_token_stream()
        }
        None => Index::from(index).to_token_stream(),
    };
    if is_packed {
        return (quote_spanned!(place=> #member: _), TokenStream::new());
    }
    let value = Ident::new(&format!("field_{index}"), place);
    (quote_spanned!(place=> #member: #value), quote_spanned!(place=> let _: *const #ty = #value;))
}

/// Returns those of all variants. A union is refused earlier.
fn fields(data: &Data) -> impl Iterator<Item = &syn::Field> {
    let all: Vec<&Fields> = match data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    all.into_iter().flatten()
}
