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
    /// `Pin<Box<dyn Future<Output = T>>>`, `BoxFuture<'static, T>`
    Boxed,
}

pub(super) fn returned(signature: &Signature) -> Option<Returned> {
    let ReturnType::Type(_, declared) = &signature.output else { return None };
    if signature.asyncness.is_some() {
        return None;
    }
    match &**declared {
        Type::ImplTrait(opaque) => is_future(&opaque.bounds).then_some(Returned::Opaque),
        Type::Path(_) if boxed_output(&mut (**declared).clone()).is_some() => Some(Returned::Boxed),
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
    match boxed_output(&mut declared) {
        Some(output) => *output = guarded_type(context, output),
        None => Guard(context).visit_type_mut(&mut declared),
    }
    declared
}

/// The result in `impl Future<Output = T>`.
pub(super) fn yielded(declared: &Type) -> Option<&Type> {
    let Type::ImplTrait(opaque) = declared else { return None };
    opaque.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(binding) if binding.ident == "Output" => Some(&binding.ty),
            _ => None,
        })
    })
}

/// The result in `BoxFuture<'static, T>`, the alias of `futures` and of many services.
fn boxed_output(declared: &mut Type) -> Option<&mut Type> {
    let Type::Path(path) = declared else { return None };
    let last = path.path.segments.last_mut().filter(|last| last.ident == "BoxFuture")?;
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else { return None };
    match arguments.args.last_mut() {
        Some(GenericArgument::Type(output)) => Some(output),
        _ => None,
    }
}

fn guarded_type(context: &Context, result: &Type) -> Type {
    let span = at(result);
    let private = context.private(span);
    Type::Verbatim(quote_spanned!(span=> #private::Guarded))
}

struct Guard<'a>(&'a Context);

impl VisitMut for Guard<'_> {
    fn visit_assoc_type_mut(&mut self, binding: &mut AssocType) {
        if binding.ident == "Output" {
            binding.ty = guarded_type(self.0, &binding.ty);
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
