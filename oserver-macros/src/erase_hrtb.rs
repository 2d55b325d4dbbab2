//! Types in the form in which the compiler checks whether handlers may reach them.

use quote::quote_spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{ReturnType, Type, TypeFnPtr};

use crate::context::{Context, at};

/// Returns the type, with each pointer to a function that takes references of any lifetime replaced. No implementation
/// can be written for all of those, and they contain only code.
///
/// The replacement is a type that no other code uses, so that no trait of the user gives the whole another meaning.
pub(crate) fn erase_hrtb(context: &Context, ty: &Type) -> Type {
    let mut ty = ty.clone();
    Replace(context).visit_type_mut(&mut ty);
    ty
}

struct Replace<'a>(&'a Context);

impl VisitMut for Replace<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::FnPtr(pointer) if is_higher_ranked(pointer) => {
                let span = at(pointer);
                let private = self.0.private(span);
                *ty = Type::Verbatim(quote_spanned!(span=> #private::Function));
            }
            other => visit_mut::visit_type_mut(self, other),
        }
    }
}

fn is_higher_ranked(pointer: &TypeFnPtr) -> bool {
    struct Finds(bool);

    impl<'ast> syn::visit::Visit<'ast> for Finds {
        fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
            self.0 |= reference.lifetime.is_none();
            syn::visit::visit_type_reference(self, reference);
        }

        fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
            self.0 |= lifetime.ident == "_";
        }
    }

    let mut finds = Finds(pointer.lifetimes.is_some());
    for input in &pointer.inputs {
        syn::visit::Visit::visit_type(&mut finds, &input.ty);
    }
    let ReturnType::Type(_, output) = &pointer.output else { return finds.0 };
    syn::visit::Visit::visit_type(&mut finds, output);
    finds.0
}
