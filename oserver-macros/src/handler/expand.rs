//! What comes out.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ReturnType, Signature};

use super::model::Handler;
use super::options::{OnDisconnect, Options, Timeout};
use super::parameters;
use crate::context::{Context, at, ends};
use crate::expected::{expected_return, has_impl_trait};
use crate::function::{Function, async_body, output_span, refuse_abort};

/// The function under the guard.
pub(super) fn expand(context: &Context, options: &Options, handler: &Handler) -> TokenStream {
    let function = &handler.function;
    let span = output_span(&function.sig);
    let private = context.private(span);
    let meta = meta(&private, options, &function.sig);
    let run = if handler.is_async() {
        let run = runner(&function.sig, span);
        let body = async_body(context, function);
        quote_spanned!(span=> #private::#run(#meta, #body))
    } else {
        let body = blocking_body(context, function);
        quote_spanned!(span=> #private::run_blocking(#meta, #body))
    };
    let refuse_abort = refuse_abort("a handler");
    let questions = parameters::questions(context, &function.sig);
    with_body(context, handler, &quote_spanned!(span=> #refuse_abort #questions #run.await))
}

/// The function's outside, for when its inside was refused.
pub(super) fn placeholder(context: &Context, handler: &Handler) -> TokenStream {
    with_body(context, handler, &quote!(::core::unreachable!()))
}

fn with_body(context: &Context, handler: &Handler, body: &TokenStream) -> TokenStream {
    let function = &handler.function;
    let (attributes, visibility) = (&function.attrs, &function.vis);
    let Signature { ident, generics, inputs, .. } = &function.sig;
    let fn_token = function.sig.fn_token;
    let where_clause = &generics.where_clause;
    let span = output_span(&function.sig);
    let private = context.private(span);
    let arrow = quote_spanned!(span=> ->);
    quote! {
        #(#attributes)*
        #visibility async #fn_token #ident #generics (#inputs) #arrow #private::Guarded #where_clause {
            #body
        }
    }
}

/// A future of a function without type parameters must be `Send`; asked here, the error says which
/// value it is that is not. With parameters that depends on what they stand for.
fn runner(signature: &Signature, span: Span) -> TokenStream {
    let generic = signature.generics.type_params().next().is_some()
        || signature.inputs.iter().any(|input| match input {
            syn::FnArg::Receiver(_) => true,
            syn::FnArg::Typed(argument) => mentions_generic(&argument.ty),
        });
    if generic { quote_spanned!(span=> run_unchecked) } else { quote_spanned!(span=> run) }
}

/// `impl Trait` is a type parameter without a name, and `Self` may have some.
fn mentions_generic(ty: &syn::Type) -> bool {
    struct Finds(bool);

    impl<'ast> syn::visit::Visit<'ast> for Finds {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }

        fn visit_ident(&mut self, ident: &'ast syn::Ident) {
            self.0 |= ident == "Self";
        }
    }

    let mut finds = Finds(false);
    syn::visit::Visit::visit_type(&mut finds, ty);
    finds.0
}

/// A body without `async`, as what the blocking thread calls.
///
/// A closure that takes the parameters along, and has their place: one that cannot go to another thread
/// is an error there. What it returns is the closure that is the body, and has the return type's place.
fn blocking_body(context: &Context, function: &Function) -> TokenStream {
    let Signature { inputs, output, .. } = &function.sig;
    let result = output_span(&function.sig);
    let body = match output {
        ReturnType::Type(arrow, declared) if !has_impl_trait(output) => {
            let block = function.body.starting_with(None);
            quote_spanned!(result=> move || #arrow #declared #block)
        }
        // A closure cannot say `impl Trait`: a statement says what is known of the type.
        _ => {
            let expected = expected_return(context, &function.sig);
            let block = function.body.starting_with(expected.as_ref());
            quote_spanned!(result=> move || #block)
        }
    };
    let (first, last) = ends(inputs).unwrap_or((result, result));
    let mut closure = quote_spanned!(first=> move |);
    closure.extend(quote_spanned!(last=> | { #body }));
    closure
}

/// The facts of the handler, inside of a block of their own: the user may have a `META`, too.
fn meta(private: &TokenStream, options: &Options, signature: &Signature) -> TokenStream {
    let span = at(&signature.ident);
    let name = signature.ident.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    let timeout = match options.timeout {
        None => quote_spanned!(span=> ::core::option::Option::None),
        Some(Timeout::Never) => {
            quote_spanned!(span=> ::core::option::Option::Some(#private::Timeout::Never))
        }
        Some(Timeout::After(limit)) => {
            let nanoseconds = u64::try_from(limit.as_nanos()).expect("checked when it was read");
            quote_spanned!(span=> ::core::option::Option::Some(#private::Timeout::Nanoseconds(#nanoseconds)))
        }
    };
    let finish = options.on_disconnect == OnDisconnect::Finish;
    quote_spanned! {span=>
        {
            static META: #private::HandlerMeta = #private::HandlerMeta {
                name: #name,
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                timeout: #timeout,
                finish_on_disconnect: #finish,
            };
            &META
        }
    }
}
