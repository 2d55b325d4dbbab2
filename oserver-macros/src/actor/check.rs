//! Methods that cannot be commands, and the error messages for them.

use syn::visit::Visit;
use syn::{
    Error, FnArg, GenericParam, Lifetime, ReceiverKind, Result, ReturnType, Safety, Signature,
    Type, TypeImplTrait, TypeReference, Visibility,
};

use super::command::Command;
use super::model::Actor;
use super::options::Options;
use crate::function::Function;
use crate::output::Errors;

/// Returns the methods that callers may call, with the refused ones among them.
pub(super) fn check(actor: &Actor, options: &Options, errors: &mut Errors) -> Vec<Command> {
    if !actor.generics.params.is_empty() {
        let message = "an actor cannot be generic: write the `impl` for a concrete type, such as \
                       `impl Cache<String>`";
        errors.push(Error::new_spanned(&actor.generics.params, message));
    }
    let stop = options.stop.as_ref().map(|stop| &stop.0);
    let mut commands = Vec::new();
    for function in &actor.functions {
        let signature = &function.sig;
        let is_stop = stop.is_some_and(|stop| *stop == signature.ident);
        let is_private = matches!(function.vis, Visibility::Inherited);
        if is_private || is_stop || signature.receiver().is_none() {
            continue;
        }
        let mut command = Command::new(function, &actor.ty);
        if let Err(refused) = check_command(function) {
            errors.push(refused);
            command.refused = Some(signature.generics.clone());
        }
        commands.push(command);
    }
    if let Some(stop) = stop {
        check_stop(actor, stop, errors);
    } else if commands.is_empty() {
        let message = "this actor has no commands: make the methods that callers use `pub`";
        errors.push(Error::new_spanned(&actor.ty, message));
    }
    commands
}

fn check_command(function: &Function) -> Result<()> {
    let signature = &function.sig;
    asks_for_a_reference(signature)?;
    is_not_unsafe(signature)?;
    is_not_generic(signature)?;
    owns_its_arguments(signature)?;
    owns_its_result(signature)
}

fn asks_for_a_reference(signature: &Signature) -> Result<()> {
    let receiver = signature.receiver().expect("it is a method");
    let is_reference = match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => matches!(&**ty, Type::Reference(_)),
        _ => false,
    };
    if is_reference {
        return Ok(());
    }
    let message = "a command cannot take `self` by value, because the next command needs the actor: write `&self` or \
                   `&mut self`, or make the method private";
    Err(Error::new_spanned(receiver, message))
}

fn is_not_unsafe(signature: &Signature) -> Result<()> {
    match &signature.safety {
        Safety::Unsafe(token) => Err(Error::new_spanned(
            token,
            "a command cannot be `unsafe`, because the handle calls it from safe code: make the method private, \
             or remove `unsafe`",
        )),
        _ => Ok(()),
    }
}

fn is_not_generic(signature: &Signature) -> Result<()> {
    let message = "a command waits in a mailbox, so its types must be concrete: write the concrete type, or make the \
                   method private";
    match signature.generics.params.first() {
        Some(GenericParam::Lifetime(lifetime)) => {
            let message = "a command waits in a mailbox and cannot borrow from its caller: take an owned \
                           value";
            return Err(Error::new_spanned(lifetime, message));
        }
        Some(other) => return Err(Error::new_spanned(other, message)),
        None => {}
    }
    let opaque = signature.inputs.iter().find_map(|input| match input {
        FnArg::Typed(argument) => first_opaque(&argument.ty),
        FnArg::Receiver(_) => None,
    });
    match opaque {
        Some(opaque) => Err(Error::new_spanned(opaque, message)),
        None => Ok(()),
    }
}

fn owns_its_arguments(signature: &Signature) -> Result<()> {
    for input in &signature.inputs {
        if let FnArg::Typed(argument) = input
            && let Some(borrowed) = first_borrow(&argument.ty)
        {
            let message = format!(
                "a command waits in a mailbox and cannot borrow from its caller: {}",
                instead_of(&borrowed)
            );
            return Err(Error::new_spanned(borrowed, message));
        }
    }
    Ok(())
}

fn owns_its_result(signature: &Signature) -> Result<()> {
    let ReturnType::Type(_, ty) = &signature.output else { return Ok(()) };
    if let Some(borrowed) = first_borrow(ty) {
        let message = "the result of a command cannot borrow from its actor: return an owned value, for \
                       example a clone or an `Arc`";
        return Err(Error::new_spanned(borrowed, message));
    }
    if let Some(opaque) = first_opaque(ty) {
        let message = "the result of a command must have a concrete type: write for example `Vec<..>` or \
                       `Box<dyn .. + Send>`";
        return Err(Error::new_spanned(opaque, message));
    }
    Ok(())
}

/// Returns the advice for a replacement of a borrowed type.
fn instead_of(borrowed: &Type) -> String {
    if let Type::Reference(reference) = borrowed {
        match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => return "write `String`".to_owned(),
            Type::Slice(slice) => {
                let element = quote::quote!(#slice).to_string();
                let element = element.trim_start_matches('[').trim_end_matches(']').trim();
                return format!("write `Vec<{element}>`");
            }
            _ => {}
        }
    }
    "take an owned value".to_owned()
}

fn check_stop(actor: &Actor, stop: &syn::Ident, errors: &mut Errors) {
    let Some(function) = actor.functions.iter().find(|function| function.sig.ident == *stop) else {
        let message = format!("stop: there is no method `{stop}` in this `impl`");
        return errors.push(Error::new_spanned(stop, message));
    };
    if !can_stop(&function.sig) {
        let message =
            "the method that stops the actor must have `&mut self` and no other parameter";
        errors.push(Error::new_spanned(&function.sig.ident, message));
    }
}

/// Returns `true` if the method can be called at the end.
pub(super) fn can_stop(signature: &Signature) -> bool {
    let borrows = |receiver: &syn::Receiver| matches!(receiver.kind, ReceiverKind::Reference(..));
    signature.receiver().is_some_and(borrows)
        && signature.inputs.len() == 1
        && signature.generics.params.is_empty()
}

fn first_borrow(ty: &Type) -> Option<Type> {
    #[derive(Default)]
    struct Borrows(Option<Type>);

    impl<'ast> Visit<'ast> for Borrows {
        fn visit_type(&mut self, ty: &'ast Type) {
            // A path with a lifetime in it borrows as a whole.
            if let Type::Path(path) = ty {
                let mut lifetimes = Lifetimes(false);
                for segment in &path.path.segments {
                    if let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments {
                        for argument in &arguments.args {
                            if let syn::GenericArgument::Lifetime(lifetime) = argument {
                                lifetimes.visit_lifetime(lifetime);
                            }
                        }
                    }
                }
                if lifetimes.0 {
                    self.0.get_or_insert_with(|| ty.clone());
                }
            }
            syn::visit::visit_type(self, ty);
        }

        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if reference.lifetime.as_ref().is_none_or(|lifetime| !is_static(lifetime)) {
                self.0.get_or_insert_with(|| Type::Reference(reference.clone()));
            }
            syn::visit::visit_type_reference(self, reference);
        }

        // Functions borrow their arguments only when they are called.
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}

        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
        }
    }

    let mut borrows = Borrows::default();
    borrows.visit_type(ty);
    borrows.0
}

struct Lifetimes(bool);

impl<'ast> Visit<'ast> for Lifetimes {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.0 |= !is_static(lifetime);
    }
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

fn first_opaque(ty: &Type) -> Option<Type> {
    #[derive(Default)]
    struct Opaque(Option<Type>);

    impl<'ast> Visit<'ast> for Opaque {
        fn visit_type_impl_trait(&mut self, opaque: &'ast TypeImplTrait) {
            self.0.get_or_insert_with(|| Type::ImplTrait(opaque.clone()));
        }
    }

    let mut opaque = Opaque::default();
    opaque.visit_type(ty);
    opaque.0
}
