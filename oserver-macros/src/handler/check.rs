//! Functions that cannot be handlers, and the error messages for them.

use syn::visit::Visit;
use syn::{
    Error, FnArg, Lifetime, PatType, Receiver, Result, Safety, Signature, Type, TypeReference,
};

use super::future;
use super::model::Handler;

/// # Errors
/// The first thing that makes the function no handler.
pub(super) fn check(handler: &Handler) -> Result<()> {
    let signature = &handler.function.sig;
    not_const(signature)?;
    not_unsafe(signature)?;
    not_extern(signature)?;
    not_variadic(signature)?;
    as_many_as_a_router_takes(signature)?;
    if !handler.is_async() && future::returned(signature).is_none() {
        borrows_nothing(signature)?;
    }
    Ok(())
}

fn not_const(signature: &Signature) -> Result<()> {
    match &signature.constness {
        Some(token) => {
            Err(Error::new_spanned(token, "a handler cannot be `const`: remove `const`"))
        }
        None => Ok(()),
    }
}

fn not_unsafe(signature: &Signature) -> Result<()> {
    match &signature.safety {
        Safety::Unsafe(token) => Err(Error::new_spanned(
            token,
            "a handler cannot be `unsafe`, because the server calls it from safe code: remove `unsafe`, and put an `unsafe` block into the body",
        )),
        _ => Ok(()),
    }
}

fn not_extern(signature: &Signature) -> Result<()> {
    match &signature.abi {
        Some(abi) => Err(Error::new_spanned(
            abi,
            "a handler cannot be `extern`: remove `extern` and its ABI",
        )),
        None => Ok(()),
    }
}

fn not_variadic(signature: &Signature) -> Result<()> {
    match &signature.variadic {
        Some(variadic) => Err(Error::new_spanned(
            variadic,
            "a handler has a fixed number of parameters: remove the `...`",
        )),
        None => Ok(()),
    }
}

/// A router takes functions with up to this many parameters.
pub(super) const PARAMETERS: usize = 16;

fn as_many_as_a_router_takes(signature: &Signature) -> Result<()> {
    let is_conditional = |input: &&FnArg| {
        let (FnArg::Receiver(Receiver { attrs, .. }) | FnArg::Typed(PatType { attrs, .. })) = input;
        attrs.iter().any(|attribute| attribute.path().is_ident("cfg"))
    };
    match signature.inputs.iter().filter(|input| !is_conditional(input)).nth(PARAMETERS) {
        Some(one_too_many) => Err(Error::new_spanned(
            one_too_many,
            "a handler has at most 16 parameters: take several values by one extractor, such as a struct that implements `FromRequestParts`",
        )),
        None => Ok(()),
    }
}

/// Checks that the function borrows nothing: without `async` the body goes to another thread.
fn borrows_nothing(signature: &Signature) -> Result<()> {
    let message = "a handler without `async` runs on another thread and cannot borrow: \
                   make it `async fn`, or take an owned value";
    for input in &signature.inputs {
        let borrowed = match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                syn::ReceiverKind::Reference(..) => {
                    return Err(Error::new_spanned(receiver, message));
                }
                syn::ReceiverKind::Typed(_, ty) => first_borrow(ty),
                _ => None,
            },
            FnArg::Typed(argument) => first_borrow(&argument.ty),
        };
        if let Some(borrowed) = borrowed {
            return Err(Error::new_spanned(borrowed, message));
        }
    }
    Ok(())
}

fn first_borrow(ty: &Type) -> Option<Type> {
    #[derive(Default)]
    struct Borrows(Option<Type>);

    impl<'ast> Visit<'ast> for Borrows {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if reference.lifetime.as_ref().is_none_or(|lifetime| !is_static(lifetime)) {
                self.0.get_or_insert_with(|| Type::Reference(reference.clone()));
            }
            syn::visit::visit_type_reference(self, reference);
        }

        // A function pointer borrows its arguments only when it is called.
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
    }

    let mut borrows = Borrows::default();
    borrows.visit_type(ty);
    borrows.0
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}
