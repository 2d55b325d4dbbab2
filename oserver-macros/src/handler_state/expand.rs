//! What comes out: an implementation, with one question a field inside.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::Derived;
use super::bounds::where_clause;
use super::model::State;
use crate::asked::{param, state};
use crate::context::{Context, generated};

pub(super) fn expand(context: &Context, derived: Derived, model: &State) -> TokenStream {
    let ask = match derived {
        Derived::Param => param,
        Derived::State => state,
    };
    // Inside of the implementation, where generics and `Self` mean what they mean in the type.
    let questions: TokenStream = model.asked.iter().map(|ty| ask(context, ty)).collect();
    let (for_param, for_state) = match derived {
        Derived::Param => (questions, None),
        Derived::State => (TokenStream::new(), Some(questions)),
    };
    let private = context.private(generated(Span::call_site()));
    let implement = |name: &str, method: &str, body: &TokenStream| {
        let span = generated(Span::call_site());
        let (name, method) = (syn::Ident::new(name, span), syn::Ident::new(method, span));
        let (ident, where_clause) = (&model.ident, where_clause(context, derived, model));
        let (impl_generics, ty_generics, _) = model.generics.split_for_impl();
        quote_spanned! {span=>
            #[automatically_derived]
            impl #impl_generics #private::#name for #ident #ty_generics #where_clause {
                fn #method(&self, _: #private::Vouched) { #body }
            }
        }
    };
    let param = implement("HandlerParam", "derive_handler_param", &for_param);
    let state = for_state.map(|body| implement("HandlerState", "derive_handler_state", &body));
    quote!(#param #state)
}
