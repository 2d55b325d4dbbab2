//! What comes out: the implementations, with a question for each field.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::Derived;
use super::bounds::where_clause;
use super::model::State;
use crate::asked::asked;
use crate::context::{Context, at, generated};

pub(super) fn expand(context: &Context, derived: Derived, state: &State) -> TokenStream {
    let span = generated(Span::call_site());
    let private = context.private(span);
    let (ident, where_clause) = (&state.ident, where_clause(context, derived, state));
    let (impl_generics, ty_generics, _) = state.generics.split_for_impl();
    let questions = questions(context, derived, state);
    let (in_param, in_state) = match derived {
        Derived::Param => (Some(&questions), None),
        Derived::State => (None, Some(&questions)),
    };
    let for_state = in_state.map(|questions| {
        quote_spanned! {span=>
            #[automatically_derived]
            impl #impl_generics #private::HandlerState for #ident #ty_generics #where_clause {
                fn derive_handler_state(&self, _: #private::OnlyTheDerive) {
                    #questions
                }
            }
        }
    });
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics #private::HandlerParam for #ident #ty_generics #where_clause {
            fn derive_handler_param(&self, _: #private::OnlyTheDerive) {
                #in_param
            }
        }
        #for_state
    }
}

/// What compiles where each field may be reached. It stands inside of the implementation, where generics
/// and `Self` mean what they mean in the type.
fn questions(context: &Context, derived: Derived, state: &State) -> TokenStream {
    let questions = state.asked.iter().map(|ty| {
        let (span, ty) = (at(ty), asked(context, ty));
        let private = context.private(span);
        let field = match derived {
            Derived::Param => quote_spanned!(span=> field_of_parameter),
            Derived::State => quote_spanned!(span=> field_of_state),
        };
        quote_spanned!(span=> let _ = #private::#field::<#ty>;)
    });
    questions.collect()
}
