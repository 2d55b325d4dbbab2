//! The type that the derive is on.

use syn::{Data, DeriveInput, Fields, Generics, Ident, Type};

use super::options::{Bound, OfField, OfType};
use crate::option_parser::CratePath;
use crate::output::Errors;

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
        let (ident, generics) = (input.ident.clone(), input.generics.clone());
        Self { ident, generics, krate, bound, checked }
    }
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
