//! The expansions as they come out.

use quote::quote;

use super::{Derived, expand};
use crate::context::Exporter;
use crate::snapshot::{assert_snapshot, pretty};

#[test]
fn each_field_of_a_struct_is_checked() {
    let expansion = expand(
        Exporter::Oserver,
        Derived::State,
        quote! {
            struct App {
                name: Arc<str>,
                hook: fn(&str) -> bool,
                #[handler_state(trusted = "read only")]
                templates: Templates,
                users: HashMap<String, User>,
            }
        },
    );
    assert_snapshot("handler_state", "state", &pretty(&expansion));
}

#[test]
fn a_generic_type_has_conditions() {
    let expansion = expand(
        Exporter::Oserver,
        Derived::Param,
        quote! {
            enum Incoming<T, U> {
                Order(Json<T>),
                Events { sender: Sender<U>, none: PhantomData<U> },
            }
        },
    );
    assert_snapshot("handler_state", "generic", &pretty(&expansion));
}
