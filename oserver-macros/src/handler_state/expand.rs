//! The generated code: the implementations, with a assertion for each field.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::visit::Visit;
use syn::{Generics, Ident, Type};

use super::Derived;
use super::bounds::{held, where_clause, written};
use super::model::State;

use crate::context::{Context, at, generated};
use crate::erase_hrtb::erase_hrtb;

pub(super) fn expand(context: &Context, derived: Derived, state: &State) -> TokenStream {
    let span = generated(Span::call_site());
    let private = context.private(span);
    let ident = &state.ident;
    let (written, where_clause) = (written(state), where_clause(context, derived, state));
    let (impl_generics, ty_generics, _) = state.generics.split_for_impl();
    let (assertions, unchanged) = (assertions(context, derived, state), &state.unchanged);
    let (held, none) = (held(state), Vec::new);
    let routed = match derived {
        Derived::State if !held.is_empty() => tuple(&held),
        _ => quote_spanned!(span=> #private::Nothing),
    };
    let held = match derived {
        Derived::State => [
            three(&private, ["A", "B", "C"], held.clone()),
            three(&private, PARAM, held),
            three(&private, DATA, none()),
        ],
        Derived::Param => [
            three(&private, ["A", "B", "C"], none()),
            three(&private, PARAM, none()),
            three(&private, DATA, held),
        ],
    };
    let of_request = match derived {
        Derived::Param => quote_spanned!(span=> #ident #ty_generics),
        Derived::State => quote_spanned!(span=> #private::Nothing),
    };
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics #private::Derived for #ident #ty_generics #written {
            #(#held)*
            type Sharer = #private::Nothing;
            type Routed = #routed;
            type Read = #private::Nothing;
            type OfRequest = #of_request;

            fn derive_handler_state_of(&self, _: #private::OnlyTheDerive) {}
        }

        #[automatically_derived]
        impl #impl_generics #private::AsksFields for #ident #ty_generics #where_clause {
            fn ask_fields(&self, _: #private::OnlyTheDerive) {
                #unchanged
                #assertions
            }
        }
    }
}

/// Returns the implementation for a generated type that gives nothing out.
pub(crate) fn state(private: &TokenStream, ident: &Ident) -> TokenStream {
    let span = generated(Span::call_site());
    let held = [["A", "B", "C"], PARAM, DATA].map(|names| three(private, names, Vec::new()));
    quote_spanned! {span=>
        #[automatically_derived]
        impl #private::Derived for #ident {
            #(#held)*
            type Sharer = #private::Nothing;
            type Routed = #private::Nothing;
            type Read = #private::Nothing;
            type OfRequest = #private::Nothing;

            fn derive_handler_state_of(&self, _: #private::OnlyTheDerive) {}
        }
    }
}

/// The associated types for values that a parameter gives out and that must be state.
const PARAM: [&str; 3] = ["ParamA", "ParamB", "ParamC"];

/// The associated types for values that a parameter gives out and that can be request data.
const DATA: [&str; 3] = ["DataA", "DataB", "DataC"];

/// Returns three associated types; the last is a tuple if there are more.
fn three(private: &TokenStream, names: [&str; 3], mut held: Vec<TokenStream>) -> TokenStream {
    let span = generated(Span::call_site());
    if held.len() > 3 {
        let more = held.split_off(2);
        held.push(tuple(&more));
    }
    let nothing = || quote_spanned!(span=> #private::Nothing);
    let types = names.iter().enumerate().map(|(index, name)| {
        let name = Ident::new(name, span);
        let ty = held.get(index).cloned().unwrap_or_else(nothing);
        quote_spanned!(span=> type #name = #ty;)
    });
    types.collect()
}

/// Returns one type that contains all of these.
fn tuple(types: &[TokenStream]) -> TokenStream {
    let span = generated(Span::call_site());
    if let [one] = types {
        return one.clone();
    }
    // In a box, because a tuple cannot hold a type without a size.
    let all = types.iter().rev();
    all.fold(
        quote_spanned!(span=> ()),
        |rest, ty| quote_spanned!(span=> (::std::boxed::Box<#ty>, #rest)),
    )
}

/// Returns code that compiles if each field may be reached. It is inside of an implementation, where generics and
/// `Self` have the same meaning as in the type.
fn assertions(context: &Context, derived: Derived, state: &State) -> TokenStream {
    let assertions = state.checked.iter().map(|ty| {
        let is_generic = mentions_parameter(&state.generics, ty);
        let (span, ty) = (at(ty), erase_hrtb(context, ty));
        let private = context.private(span);
        match derived {
            Derived::Param => {
                quote_spanned!(span=> let _ = <#ty as #private::HandlerParam>::derive_handler_param;)
            }
            Derived::State if is_generic => {
                quote_spanned!(span=> let _ = <#ty as #private::GenericShared>::ask;)
            }
            Derived::State => {
                quote_spanned!(span=> let _ = <#ty as #private::Shared>::ask;)
            }
        }
    });
    assertions.collect()
}

/// Returns `true` if the facts about a type can depend on the bounds of its parameters.
fn mentions_parameter(generics: &Generics, ty: &Type) -> bool {
    struct Finds<'a>(&'a Generics, bool);

    impl<'ast> Visit<'ast> for Finds<'_> {
        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.1 |= self.0.type_params().any(|parameter| parameter.ident == *ident);
        }

        // The meaning of a macro's tokens is unknown.
        fn visit_macro(&mut self, _: &'ast syn::Macro) {
            self.1 = true;
        }
    }

    let mut finds = Finds(generics, generics.where_clause.is_some());
    finds.visit_type(ty);
    finds.1
}
