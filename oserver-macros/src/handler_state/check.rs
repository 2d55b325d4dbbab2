//! The inputs that the derives refuse, and the error messages for them.

use syn::{Attribute, Data, DeriveInput, Error};

use super::options::is_ours;
use crate::output::Errors;

/// Reports the mistakes that can be found without a look at the options.
pub(super) fn check(input: &DeriveInput, errors: &mut Errors) {
    match &input.data {
        Data::Union(union) => errors.push(Error::new_spanned(
            union.union_token,
            "a union does not record which field it holds, so its contents cannot be checked: make it an \
             enum; see \
             https://docs.rs/oserver/latest/oserver/errors/union_is_no_state",
        )),
        Data::Enum(data) => {
            for variant in &data.variants {
                variant.attrs.iter().filter(|attribute| is_ours(attribute)).for_each(|attribute| {
                    errors.push(on_a_variant(attribute));
                });
            }
        }
        Data::Struct(_) => {}
    }
}

fn on_a_variant(attribute: &Attribute) -> Error {
    Error::new_spanned(
        attribute,
        "`#[handler_state(..)]` goes on the variant's field: `Variant(#[handler_state(trusted = \"reason\")] Field)`",
    )
}
