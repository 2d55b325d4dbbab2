//! What comes out.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{ReturnType, Signature};

use super::model::Handler;
use super::options::{OnDisconnect, Options, Timeout};
use super::parameters;
use super::span::SpanName;
use crate::context::{Context, at, ends};
use crate::expected::{expected_return, has_impl_trait};
use crate::function::{async_body, output_span, refuse_abort};

/// The function under the guard.
pub(super) fn expand(context: &Context, options: &Options, handler: &Handler) -> TokenStream {
    let function = &handler.function;
    let span = output_span(&function.sig);
    let private = context.private(span);
    let meta = beginning(context, options, &function.sig);
    let run = if handler.is_async() {
        let run = runner(handler, span);
        let body = async_body(context, function);
        quote_spanned!(span=> #private::#run(#meta, #body))
    } else {
        let body = blocking_body(context, handler);
        quote_spanned!(span=> #private::run_blocking(#meta, #body))
    };
    let refuse_abort = refuse_abort("a handler");
    // Of what was refused one thing is said.
    let questions = (!handler.is_refused).then(|| parameters::questions(context, &function.sig));
    with_body(context, handler, &quote_spanned!(span=> #refuse_abort #questions #run.await))
}

fn with_body(context: &Context, handler: &Handler, body: &TokenStream) -> TokenStream {
    let function = &handler.function;
    let (attributes, visibility) = (&function.attrs, &function.vis);
    let Signature { safety, fn_token, ident, generics, inputs, .. } = &function.sig;
    let where_clause = &generics.where_clause;
    let span = output_span(&function.sig);
    let private = context.private(span);
    let arrow = quote_spanned!(span=> ->);
    quote! {
        #(#attributes)*
        #visibility async #safety #fn_token #ident #generics (#inputs) #arrow #private::Guarded #where_clause {
            #body
        }
    }
}

/// A future of a function without type parameters must be `Send`; asked here, the error says which
/// value it is that is not. With parameters that depends on what they stand for.
fn runner(handler: &Handler, span: Span) -> TokenStream {
    let signature = &handler.function.sig;
    let generic = handler.is_refused
        || signature.generics.type_params().next().is_some()
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
fn blocking_body(context: &Context, handler: &Handler) -> TokenStream {
    let Handler { function, bindings, .. } = handler;
    let Signature { inputs, output, .. } = &function.sig;
    let result = output_span(&function.sig);
    let body = match output {
        ReturnType::Type(arrow, declared) if !has_impl_trait(output) => {
            let block = function.body.starting_with(Some(bindings));
            quote_spanned!(result=> move || #arrow #declared #block)
        }
        // A closure cannot say `impl Trait`: a statement says what is known of the type.
        _ => {
            let expected = expected_return(context, &function.sig);
            let block = function.body.starting_with(Some(&quote!(#expected #bindings)));
            quote_spanned!(result=> move || #block)
        }
    };
    let (first, last) = ends(inputs).unwrap_or((result, result));
    let mut closure = quote_spanned!(first=> move |);
    closure.extend(quote_spanned!(last=> | { #body }));
    closure
}

/// What a run begins with: the facts of the handler, and the values for its span, which are read from the
/// parameters before the body takes them.
fn beginning(context: &Context, options: &Options, signature: &Signature) -> TokenStream {
    let meta = meta(context, options, signature);
    match options.fields.record(context, signature) {
        Some(record) => {
            let span = at(&signature.ident);
            let private = context.private(span);
            quote_spanned!(span=> #private::record_fields(#meta, #record))
        }
        None => meta,
    }
}

/// The facts of the handler, inside of a block of their own: the user may have a `META`, too.
fn meta(context: &Context, options: &Options, signature: &Signature) -> TokenStream {
    let span = at(&signature.ident);
    let private = context.private(span);
    let name = signature.ident.unraw().to_string();
    let timeout = options.timeout.map(|timeout| match timeout {
        Timeout::Never => quote_spanned!(span=> .timeout(#private::Timeout::Never)),
        Timeout::After(limit) => {
            let nanoseconds = u64::try_from(limit.as_nanos()).expect("checked when it was read");
            quote_spanned!(span=> .timeout(#private::Timeout::Nanoseconds(#nanoseconds)))
        }
    });
    let finish = (options.on_disconnect == OnDisconnect::Finish)
        .then(|| quote_spanned!(span=> .finish_on_disconnect()));
    let span_name = options.name.as_ref();
    let span_name = span_name.map(|SpanName(name)| quote_spanned!(span=> .span_name(#name)));
    let level = options.level.as_ref().map(|level| level.expand(context));
    let level = level.map(|level| quote_spanned!(span=> .level(#level)));
    let fields = options.fields.names().map(|names| quote_spanned!(span=> .fields(#names)));
    quote_spanned! {span=>
        {
            static META: #private::HandlerMeta = #private::HandlerMeta::new(
                #name,
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            ) #timeout #finish #span_name #level #fields;
            &META
        }
    }
}
