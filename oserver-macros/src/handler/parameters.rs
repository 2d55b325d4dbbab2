//! The check whether a lock can be reached through a parameter.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::{
    Attribute, FnArg, Ident, Pat, PatIdent, PatType, Receiver, ReceiverKind, Signature, Type,
};

use super::checked_elsewhere;
use crate::assertions::of_the_user;
use crate::context::{Context, at, ends};
use crate::erase_hrtb::erase_hrtb;
use crate::return_hint::name_impl_trait;

/// Returns statements that compile if no lock can be reached. They are inside of the function, where its generics,
/// lifetimes and `Self` have the same meaning as in the signature.
pub(super) fn assertions(context: &Context, signature: &Signature) -> TokenStream {
    signature
        .inputs
        .iter()
        .map(|input| match input {
            FnArg::Receiver(receiver) => of_receiver(context, receiver),
            FnArg::Typed(parameter) => of_parameter(context, parameter, signature),
        })
        .collect()
}

fn of_receiver(context: &Context, receiver: &Receiver) -> TokenStream {
    let span = at(&receiver.self_token);
    let private = context.private(span);
    let ty = match &receiver.kind {
        ReceiverKind::Typed(_, ty) => erase_hrtb(context, ty).into_token_stream(),
        ReceiverKind::Reference(..) => quote_spanned!(span=> &Self),
        _ => quote_spanned!(span=> Self),
    };
    quote_spanned!(span=> let _ = <#ty as #private::HandlerParam>::derive_handler_param;)
}

fn of_parameter(context: &Context, parameter: &PatType, signature: &Signature) -> TokenStream {
    let span = at(&parameter.ty);
    let private = context.private(span);
    let conditions = parameter.attrs.iter().filter(|attribute| is_condition(attribute));
    let conditions: TokenStream = conditions.map(ToTokens::to_token_stream).collect();
    // A type without a name gets one inside of a function that is never called.
    if has_impl_trait(&parameter.ty)
        && let Some((generics, named)) = name_impl_trait(&parameter.ty, signature)
    {
        return quote_spanned! {span=>
            #conditions
            const _: () = {
                fn _asked<#generics>() { let _ = <#named as #private::HandlerParam>::derive_handler_param; }
            };
        };
    }
    // If that is impossible, the check is about the names that the pattern binds. If these cannot be seen, the
    // compiler reports that the type has no name.
    if has_impl_trait(&parameter.ty) && !has_macro(&parameter.pat) {
        let (first, last) = ends(&parameter.ty).unwrap_or((span, span));
        let assertion = |name: &Ident| {
            // From the first to the last token of the type, which an error underlines.
            let name = Ident::new(&name.to_string(), name.span().located_at(last));
            let value = quote_spanned!(first=> &#name);
            quote_spanned!(span=> #conditions #private::parameter_of_handler(#value);)
        };
        return bound_by(&parameter.pat).into_iter().map(assertion).collect();
    }
    let ty = erase_hrtb(context, &parameter.ty);
    if checked_elsewhere::is_checked_elsewhere(&parameter.ty) {
        let users = of_the_user(&parameter.ty);
        let assertion = quote_spanned!(users=> (#private::Static::<#ty>::ask_again)());
        return quote_spanned! {span=>
            #conditions
            if false {
                use #private::OtherAgain as _;
                #assertion;
            }
        };
    }
    quote_spanned! {span=>
        #conditions
        let _ = <#ty as #private::HandlerParam>::derive_handler_param;
    }
}

/// Returns `true` if without this attribute the parameter might be there, or not.
fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

fn has_impl_trait(ty: &Type) -> bool {
    struct Finds(bool);

    impl<'ast> Visit<'ast> for Finds {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }

    let mut finds = Finds(false);
    finds.visit_type(ty);
    finds.0
}

fn has_macro(pattern: &Pat) -> bool {
    struct Finds(bool);

    impl<'ast> Visit<'ast> for Finds {
        fn visit_macro(&mut self, _: &'ast syn::Macro) {
            self.0 = true;
        }
    }

    let mut finds = Finds(false);
    finds.visit_pat(pattern);
    finds.0
}

/// Returns the names that a pattern binds.
fn bound_by(pattern: &Pat) -> Vec<&Ident> {
    struct Names<'a>(Vec<&'a Ident>);

    impl<'ast> Visit<'ast> for Names<'ast> {
        fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
            self.0.push(&pattern.ident);
            visit::visit_pat_ident(self, pattern);
        }
    }

    let mut names = Names(Vec::new());
    names.visit_pat(pattern);
    names.0
}
