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

/// An attribute below the derive may change the fields, so the code names all of them, with their types.
#[test]
fn fields_that_an_attribute_may_change_are_named() {
    let expansion = expand(
        Exporter::Oserver,
        Derived::State,
        quote! {
            #[changed]
            enum State {
                Empty,
                Full { users: Users, #[handler_state(trusted = "read only")] templates: Templates },
                Number(u32),
            }
        },
    );
    assert_snapshot("handler_state", "changed", &pretty(&expansion));
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
