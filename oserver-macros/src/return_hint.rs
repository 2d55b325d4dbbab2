//! Declares the type that a body must return, in a statement that never runs.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{
    GenericParam, Ident, Lifetime, Macro, PreciseCapture, ReturnType, Signature, Token, Type,
    TypeParamBound, TypeReference,
};

use crate::assertions::of_the_user;
use crate::context::{Context, at};

/// Returns the statement that returns the declared type: without it a `Box<dyn Trait>` would not coerce, and
/// type errors would land on the attribute.
pub(crate) fn return_hint(context: &Context, signature: &Signature) -> Option<TokenStream> {
    let ReturnType::Type(_, declared) = &signature.output else {
        // A body that only panics would yield `!`, which is no response.
        let span = at(&signature.ident);
        return Some(quote_spanned!(span=> if false { return; }));
    };
    // `!` has no values, and is no stable type argument.
    if matches!(**declared, Type::Never(_)) {
        return None;
    }
    let span = at(declared);
    let private = context.private(span);
    if matches!(**declared, Type::ImplTrait(_)) {
        return mentioned(declared, signature, &private);
    }
    let mut named = (**declared).clone();
    let mut opaque = NameImplTrait::default();
    opaque.visit_type_mut(&mut named);
    if opaque.bounds.is_empty() {
        let users = of_the_user(declared);
        let private = context.private(users);
        let never = quote_spanned!(users=> #private::never::<#named>());
        return Some(quote_spanned!(span=> if false { return #never; }));
    }
    // `Sse<impl Stream<Item = T>>`: the bound may be all that determines the body's types. A function inside of the
    // body can state it, if it needs nothing from outside.
    if is_self_contained(signature) && !opaque.nested {
        let NameImplTrait { names, bounds, .. } = &opaque;
        return Some(quote_spanned! {span=>
            if false {
                fn declared<#(#names: #bounds),*>() -> #named { #private::never() }
                return declared();
            }
        });
    }
    let mut inferred = (**declared).clone();
    InferImplTrait.visit_type_mut(&mut inferred);
    Some(quote_spanned!(span=> if false { return #private::never::<#inferred>(); }))
}

/// A bare `impl Trait` gives no hint. But the signature no longer has it, and the user's import for it must not become
/// unused: a function that is never called names it.
fn mentioned(declared: &Type, signature: &Signature, private: &TokenStream) -> Option<TokenStream> {
    let mut named = declared.clone();
    let mut opaque = NameImplTrait::default();
    opaque.visit_type_mut(&mut named);
    if !is_self_contained(signature) || opaque.nested {
        return None;
    }
    let NameImplTrait { names, bounds, .. } = &opaque;
    let span = at(declared);
    Some(quote_spanned! {span=>
        const _: () = {
            fn _declared<#(#names: #bounds),*>() -> #named { #private::never() }
        };
    })
}

/// Returns `true` if the return type means the same inside of another function.
fn is_self_contained(signature: &Signature) -> bool {
    match &signature.output {
        ReturnType::Type(_, declared) => means_the_same(declared, signature),
        ReturnType::Default => true,
    }
}

/// Returns `true` if a type means the same inside of another function.
fn means_the_same(ty: &Type, signature: &Signature) -> bool {
    struct Finds<'a> {
        parameters: Vec<&'a Ident>,
        found: bool,
    }

    impl<'ast> Visit<'ast> for Finds<'_> {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.found |= lifetime.ident != "static";
        }

        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            self.found |= reference.lifetime.is_none();
            syn::visit::visit_type_reference(self, reference);
        }

        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.found |= ident == "Self" || self.parameters.contains(&ident);
        }

        // The bounds `use<..>` are not written again in the other function.
        fn visit_precise_capture(&mut self, _: &'ast PreciseCapture) {}

        // The meaning of a macro's tokens is unknown.
        fn visit_macro(&mut self, _: &'ast Macro) {
            self.found |= !self.parameters.is_empty();
        }
    }

    let parameters = signature.generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        GenericParam::Const(parameter) => Some(&parameter.ident),
        GenericParam::Lifetime(_) => None,
    });
    let mut finds = Finds { parameters: parameters.collect(), found: false };
    finds.visit_type(ty);
    !finds.found
}

/// Returns type parameters with their bounds, and the type with these in place of each `impl Trait`; `None` if a
/// function inside of this one could not state it.
pub(crate) fn name_impl_trait(ty: &Type, signature: &Signature) -> Option<(TokenStream, Type)> {
    let mut named = ty.clone();
    let mut opaque = NameImplTrait::default();
    opaque.visit_type_mut(&mut named);
    let NameImplTrait { names, bounds, nested } = &opaque;
    (!nested && means_the_same(ty, signature)).then(|| (quote!(#(#names: #bounds),*), named))
}

/// Puts a type parameter in the place of each `impl Trait`.
#[derive(Default)]
struct NameImplTrait {
    names: Vec<Ident>,
    bounds: Vec<Punctuated<TypeParamBound, Token![+]>>,
    /// One stands inside of another, where no type parameter can.
    nested: bool,
}

impl VisitMut for NameImplTrait {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(opaque) = ty {
            let mut inside = Self::default();
            let mut bounds = opaque.bounds.clone();
            for bound in &mut bounds {
                inside.visit_type_param_bound_mut(bound);
            }
            self.nested |= !inside.bounds.is_empty();
            let name = format_ident!("Opaque{}", self.names.len(), span = at(opaque));
            self.names.push(name.clone());
            // A bound `use<..>` can only be written where the type is hidden.
            let counts =
                |bound: &TypeParamBound| !matches!(bound, TypeParamBound::PreciseCapture(_));
            self.bounds.push(opaque.bounds.iter().filter(|bound| counts(bound)).cloned().collect());
            *ty = syn::parse_quote!(#name);
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// Puts `_` in the place of each `impl Trait`.
struct InferImplTrait;

impl VisitMut for InferImplTrait {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(_) = ty {
            *ty = syn::parse_quote!(_);
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// Returns `true` if an `impl Trait` stands somewhere in the declared type.
pub(crate) fn has_impl_trait(output: &ReturnType) -> bool {
    let ReturnType::Type(_, declared) = output else { return false };
    let mut opaque = NameImplTrait::default();
    opaque.visit_type_mut(&mut (**declared).clone());
    !opaque.bounds.is_empty()
}
