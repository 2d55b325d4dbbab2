//! Statements that compile where an actor's message is no lock, and the place of errors.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::visit::Visit;
use syn::{GenericArgument, PathArguments, Type};

use crate::context::{Context, at};
use crate::erase_hrtb::erase_hrtb;

/// Returns the assertions for an argument or result of an actor: any type but a lock. The parts of a tuple are checked
/// one by one.
pub(crate) fn message_assertions(context: &Context, ty: &Type) -> TokenStream {
    if has_tuple(ty) {
        return match ty {
            Type::Tuple(tuple) => {
                tuple.elems.iter().map(|part| message_assertions(context, part)).collect()
            }
            Type::Path(path) => {
                let arguments = path.path.segments.iter().map(|segment| &segment.arguments);
                let types = arguments.flat_map(|arguments| match arguments {
                    PathArguments::AngleBracketed(arguments) => arguments.args.iter().collect(),
                    _ => Vec::new(),
                });
                let checked = types.filter_map(|argument| match argument {
                    GenericArgument::Type(inner) => Some(message_assertions(context, inner)),
                    _ => None,
                });
                checked.collect()
            }
            _ => TokenStream::new(),
        };
    }
    // The type of a `Result` stands for its value; its error is checked separately.
    let error = error_of(ty).map(|error| message_assertions(context, error));
    let (span, users) = (at(ty), of_the_user(ty));
    let private = context.private(span);
    let erased = erase_hrtb(context, ty);
    let method = shared(context, ty);
    let assertion = quote_spanned!(users=> (&&&&#private::type_of::<#erased>()).ask_message());
    quote_spanned! {span=>
        if false {
            use #private::ask_message::*;
            #private::answered(#assertion, #method);
        }
        #error
    }
}

fn error_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.get(1) {
        Some(GenericArgument::Type(error)) => Some(error),
        _ => None,
    }
}

/// Returns the method that only shared state has; its error underlines all of the tokens.
pub(crate) fn shared(context: &Context, tokens: &impl ToTokens) -> TokenStream {
    let mut all = tokens.to_token_stream().into_iter();
    let first = all.next().map_or_else(Span::call_site, |token| token.span());
    let last = all.last().map_or(first, |token| token.span());
    let private = context.private(first);
    let mut path = quote_spanned!(first=> <_ as #private::Shared>);
    path.extend(quote_spanned!(last.resolved_at(first)=> ::ask));
    path
}

fn has_tuple(ty: &Type) -> bool {
    struct Finds(bool);

    impl<'ast> Visit<'ast> for Finds {
        fn visit_type_tuple(&mut self, _: &'ast syn::TypeTuple) {
            self.0 = true;
        }
    }

    let mut finds = Finds(false);
    finds.visit_type(ty);
    finds.0
}

/// Returns a span of user code: errors there do not mention an expansion.
pub(crate) fn of_the_user(tokens: &impl ToTokens) -> Span {
    let first = tokens.to_token_stream().into_iter().next();
    let first = first.map_or_else(Span::call_site, |token| token.span());
    at(tokens).resolved_at(first)
}
