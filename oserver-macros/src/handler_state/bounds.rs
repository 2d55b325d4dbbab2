//! The conditions under which a generic type is state.
//!
//! They are on type parameters and their associated types, never on the fields' types: those of a type
//! that contains itself would ask for each other without end.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Generics, Ident, PathArguments, Type, TypePath};

use super::Derived;
use super::model::State;
use crate::context::{Context, at};

/// The `where` clause of an implementation.
pub(super) fn where_clause(context: &Context, derived: Derived, state: &State) -> TokenStream {
    let written = state.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let mut predicates: Vec<TokenStream> = written.map(ToTokens::to_token_stream).collect();
    match &state.bound {
        Some(bound) => predicates.extend(bound.0.iter().map(ToTokens::to_token_stream)),
        None => {
            let used = Used::by(&state.generics, &state.asked);
            predicates.extend(used.iter().map(|ty| {
                let span = at(ty);
                let private = context.private(span);
                match derived {
                    Derived::Param => quote_spanned!(span=> #ty: #private::HandlerParam),
                    Derived::State => quote_spanned!(span=> #ty: #private::HandlerState),
                }
            }));
        }
    }
    if predicates.is_empty() { TokenStream::new() } else { quote::quote!(where #(#predicates),*) }
}

/// Which type parameters, and associated types of them, are used where a value may be.
struct Used<'a> {
    parameters: Vec<&'a Ident>,
    types: Vec<TokenStream>,
}

impl<'a> Used<'a> {
    fn by(generics: &'a Generics, types: &[Type]) -> Vec<TokenStream> {
        let parameters = generics.type_params().map(|parameter| &parameter.ident).collect();
        let mut used = Used { parameters, types: Vec::new() };
        for ty in types {
            used.visit_type(ty);
        }
        used.types
    }

    fn is_parameter(&self, ident: &Ident) -> bool {
        self.parameters.contains(&ident)
    }

    fn add(&mut self, ty: &impl ToTokens) {
        let ty = ty.to_token_stream();
        if !self.types.iter().any(|other| other.to_string() == ty.to_string()) {
            self.types.push(ty);
        }
    }
}

impl<'ast> Visit<'ast> for Used<'_> {
    fn visit_type_path(&mut self, ty: &'ast TypePath) {
        let Some(first) = ty.path.segments.first() else { return };
        if let Some(qself) = &ty.qself {
            // `<T as Trait>::Type`: of `T` itself nothing is there.
            let mut inside = Used { parameters: self.parameters.clone(), types: Vec::new() };
            inside.visit_type(&qself.ty);
            if inside.types.is_empty() {
                visit::visit_type_path(self, ty);
            } else {
                self.add(ty);
            }
        } else if ty.path.leading_colon.is_none() && self.is_parameter(&first.ident) {
            // `T`, or `T::Type`.
            self.add(ty);
        } else {
            visit::visit_type_path(self, ty);
        }
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        // There is no value in it.
        if segment.ident == "PhantomData" {
            return;
        }
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            self.visit_angle_bracketed_generic_arguments(arguments);
        }
    }

    // Nor in a function's pointer.
    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}

    // Whoever is behind a `dyn Trait` has the trait vouch for it.
    fn visit_type_trait_object(&mut self, _: &'ast syn::TypeTraitObject) {}
}
