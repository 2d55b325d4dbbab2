//! The conditions under which a generic type is state.
//!
//! They are on type parameters and their associated types, not on the types of fields: conditions of a type that
//! contains itself would require each other without end. For a type that by its name requires nothing of its
//! parameters, the condition is on the type itself, so that it also holds for another type of that name.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Ident, PathArguments, TypePath};

use super::Derived;
use super::model::State;
use crate::context::{Context, at};

/// Types that are state with any contents: a sender gives nothing out, and a person has vouched for the others. Most
/// have namesakes that are not.
const ASK_NOTHING: &[&str] = &[
    "Sender",
    "UnboundedSender",
    "SyncSender",
    "WeakSender",
    "WeakUnboundedSender",
    "Trusted",
    "Pool",
    // The contents of these are read from a request.
    "Json",
    "Path",
    "Query",
    "Form",
];

/// Returns the `where` clauses of the user: on the type, and in the option that replaces oserver's.
pub(super) fn written(state: &State) -> TokenStream {
    clause(predicates(state))
}

/// Returns these, and oserver's conditions, on which the checks of the fields rest.
pub(super) fn where_clause(context: &Context, derived: Derived, state: &State) -> TokenStream {
    let mut all = predicates(state);
    all.extend(held(state).iter().map(|ty| {
        let span = at(ty);
        let private = context.private(span);
        match derived {
            Derived::Param => quote_spanned!(span=> #ty: #private::HandlerParam),
            Derived::State => quote_spanned!(span=> #ty: #private::HandlerState),
        }
    }));
    clause(all)
}

/// Returns the parameter types that the type gives out: it is state, or a parameter, where all of these are.
pub(super) fn held(state: &State) -> Vec<TokenStream> {
    if state.bound.is_some() { Vec::new() } else { Used::by(state) }
}

fn predicates(state: &State) -> Vec<TokenStream> {
    let on_type = state.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let on_type = on_type.map(ToTokens::to_token_stream);
    let ours = state.bound.iter().flat_map(|bound| bound.0.iter().map(ToTokens::to_token_stream));
    on_type.chain(ours).collect()
}

fn clause(predicates: Vec<TokenStream>) -> TokenStream {
    if predicates.is_empty() { TokenStream::new() } else { quote::quote!(where #(#predicates),*) }
}

/// The type parameters, and associated types of them, that are used where a value may be.
struct Used<'a> {
    /// The type that has these parameters.
    of: &'a Ident,
    parameters: Vec<&'a Ident>,
    types: Vec<TokenStream>,
}

impl<'a> Used<'a> {
    fn by(state: &'a State) -> Vec<TokenStream> {
        let generics = state.generics.type_params();
        let parameters = generics.map(|parameter| &parameter.ident).collect();
        let mut used = Used { of: &state.ident, parameters, types: Vec::new() };
        for ty in &state.checked {
            used.visit_type(ty);
        }
        used.types
    }

    /// Returns `true` if a parameter is used inside of the part that `visit` goes through.
    fn finds(&self, visit: impl FnOnce(&mut Self)) -> bool {
        let parameters = self.parameters.clone();
        let mut inside = Used { of: self.of, parameters, types: Vec::new() };
        visit(&mut inside);
        !inside.types.is_empty()
    }

    /// Returns `true` if the type requires nothing. The derived type itself is one, because it would require itself.
    fn asks_nothing(&self, ty: &TypePath) -> bool {
        let last = ty.path.segments.last();
        last.is_some_and(|last| {
            ASK_NOTHING.iter().any(|name| last.ident == name) && last.ident != *self.of
        })
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
            // `<T as Trait>::Type` contains no value of `T` itself.
            if self.finds(|inside| inside.visit_type(&qself.ty)) {
                self.add(ty);
            } else {
                visit::visit_type_path(self, ty);
            }
        } else if ty.path.leading_colon.is_none() && self.is_parameter(&first.ident) {
            // `T`, or `T::Type`.
            self.add(ty);
        } else if self.asks_nothing(ty) && self.finds(|inside| visit::visit_type_path(inside, ty)) {
            self.add(ty);
        } else {
            visit::visit_type_path(self, ty);
        }
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        // It contains no value.
        if segment.ident == "PhantomData" {
            return;
        }
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            self.visit_angle_bracketed_generic_arguments(arguments);
        }
    }

    // Nor in a function's pointer.
    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}

    // The trait vouches for every type behind a `dyn Trait`.
    fn visit_type_trait_object(&mut self, _: &'ast syn::TypeTraitObject) {}
}
