//! Functions without `async` that return a future, as `#[async_trait]` makes them: the output of the future is the
//! result.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{AssocType, GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound};

use crate::context::{Context, at};

/// How the future is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returned {
    /// `impl Future<Output = T>`
    Opaque,
    /// `Pin<Box<dyn Future<Output = T>>>`
    Boxed,
}

pub(super) fn returned(signature: &Signature) -> Option<Returned> {
    let ReturnType::Type(_, declared) = &signature.output else { return None };
    if signature.asyncness.is_some() {
        return None;
    }
    match &**declared {
        Type::ImplTrait(opaque) => is_future(&opaque.bounds).then_some(Returned::Opaque),
        Type::Path(_) => {
            let Type::TraitObject(object) = inside(inside(declared, "Pin")?, "Box")? else {
                return None;
            };
            is_future(&object.bounds).then_some(Returned::Boxed)
        }
        _ => None,
    }
}

/// Returns the declared type, with the guarded response in the place of the result.
pub(super) fn guarded(context: &Context, declared: &Type) -> Type {
    let mut declared = declared.clone();
    Guard(context).visit_type_mut(&mut declared);
    declared
}

struct Guard<'a>(&'a Context);

impl VisitMut for Guard<'_> {
    fn visit_assoc_type_mut(&mut self, binding: &mut AssocType) {
        if binding.ident == "Output" {
            let span = at(&binding.ty);
            let private = self.0.private(span);
            binding.ty = Type::Verbatim(quote_spanned!(span=> #private::Guarded));
        } else {
            visit_mut::visit_assoc_type_mut(self, binding);
        }
    }
}

/// Returns the future that the guarded one is returned as.
pub(super) fn wrap(returned: Returned, future: TokenStream, signature: &Signature) -> TokenStream {
    let span = at(&signature.output);
    match returned {
        Returned::Opaque => future,
        Returned::Boxed => quote_spanned!(span=> ::std::boxed::Box::pin(#future)),
    }
}

fn is_future<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> bool {
    bounds.into_iter().any(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return false };
        let last = bound.path.segments.last();
        last.is_some_and(|last| {
            last.ident == "Future"
                && matches!(&last.arguments, PathArguments::AngleBracketed(arguments)
                    if arguments.args.iter().any(|argument| matches!(argument, GenericArgument::AssocType(_))))
        })
    })
}

fn inside<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}
