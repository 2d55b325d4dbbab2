//! The code that `#[oserver::handler]` generates.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, ReturnType, Signature, Token};

use super::future::{self, Returned};
use super::model::Handler;
use super::options::{OnDisconnect, Options, Timeout};
use super::parameters;
use super::span::SpanName;
use crate::assertions::of_the_user;
use crate::context::{Context, at, ends};
use crate::function::{async_body, output_span, refuse_abort};
use crate::return_hint::{has_impl_trait, return_hint};

/// Returns the function under the guard.
pub(super) fn expand(context: &Context, options: &Options, handler: &Handler) -> TokenStream {
    let function = &handler.function;
    let span = output_span(&function.sig);
    let meta = beginning(context, options, &function.sig);
    if let Some(returned) = future::returned(&function.sig) {
        return returning_future(context, handler, returned, &meta);
    }
    let run = if handler.is_async() {
        let run = runner(context, handler);
        let body = async_body(context, function);
        quote_spanned!(users_span(&function.sig)=> #run(#meta, #body))
    } else {
        let body = blocking_body(context, handler);
        let callee = users_private(context, &function.sig);
        let run = Ident::new("run_blocking", users_span(&function.sig));
        quote_spanned!(span=> #callee::#run(#meta, #body))
    };
    let refuse_abort = refuse_abort("a handler");
    // A refused function gets only one error.
    let assertions = (!handler.is_refused).then(|| parameters::assertions(context, &function.sig));
    with_body(context, handler, &quote_spanned!(span=> #refuse_abort #assertions #run.await))
}

fn with_body(context: &Context, handler: &Handler, body: &TokenStream) -> TokenStream {
    let function = &handler.function;
    let (attributes, visibility) = (&function.attrs, &function.vis);
    let Signature { asyncness, safety, fn_token, ident, generics, paren_token, inputs, .. } =
        &function.sig;
    let where_clause = &generics.where_clause;
    // The head is the user's own, so that lints report it.
    let keyword = asyncness.unwrap_or(Token![async](fn_token.span));
    let (span, private) = (users_span(&function.sig), users_private(context, &function.sig));
    let output = quote_spanned!(span=> -> #private::Guarded);
    let mut parameters = TokenStream::new();
    paren_token.surround(&mut parameters, |parameters| inputs.to_tokens(parameters));
    let body = function.body.in_braces(body);
    quote! {
        #(#attributes)*
        #visibility #keyword #safety #fn_token #ident #generics #parameters #output #where_clause #body
    }
}

/// Expands a function that returns a future, which is awaited under the guard.
fn returning_future(
    context: &Context,
    handler: &Handler,
    returned: Returned,
    meta: &TokenStream,
) -> TokenStream {
    let function = &handler.function;
    let Signature { output, .. } = &function.sig;
    let ReturnType::Type(arrow, declared) = output else { unreachable!("it was looked at") };
    let span = at(declared);
    let private = context.private(span);
    let block = function.body.starting_with(None);
    // A `return` in it ends only the user's block.
    let made = match returned {
        Returned::Opaque => quote_spanned!(span=> (move || #block)()),
        Returned::Boxed => quote_spanned!(span=> (move || #arrow #declared #block)()),
    };
    // The type of a boxed one is said by its closure.
    let hint = future::yielded(declared).and_then(|yielded| {
        let output = ReturnType::Type(*arrow, Box::new(yielded.clone()));
        return_hint(context, &Signature { output, ..function.sig.clone() })
    });
    let assertions = parameters::assertions(context, &function.sig);
    let refuse_abort = refuse_abort("a handler");
    let future = quote_spanned! {span=>
        async move { <_ as #private::GenericHandlerBody>::run_unchecked(#meta, async move { #hint #made.await }).await }
    };
    let future = future::wrap(returned, future, &function.sig);
    let mut sig = function.sig.clone();
    sig.output = ReturnType::Type(*arrow, Box::new(future::guarded(context, declared)));
    let (attributes, visibility) = (&function.attrs, &function.vis);
    let body = function.body.in_braces(&quote!(#refuse_abort #assertions #future));
    quote!(#(#attributes)* #visibility #sig #body)
}

/// Returns the span of a function's result in user code.
fn users_span(signature: &Signature) -> Span {
    match &signature.output {
        ReturnType::Type(_, declared) => of_the_user(declared),
        ReturnType::Default => signature.ident.span(),
    }
}

fn users_private(context: &Context, signature: &Signature) -> TokenStream {
    context.private(users_span(signature))
}

/// Requires that the future of a function without type parameters is `Send`; checked here, the error names the value
/// that is not. With type parameters that depends on their types.
fn runner(context: &Context, handler: &Handler) -> TokenStream {
    let signature = &handler.function.sig;
    // One that awaits itself would have to be `Send` to be `Send`.
    let generic = handler.is_refused
        || handler.function.body.mentions(&signature.ident)
        || signature.generics.type_params().next().is_some()
        || signature.inputs.iter().any(|input| match input {
            syn::FnArg::Receiver(_) => true,
            syn::FnArg::Typed(argument) => mentions_generic(&argument.ty),
        });
    let (span, private) = (users_span(signature), users_private(context, signature));
    if generic {
        quote_spanned!(span=> <_ as #private::GenericHandlerBody>::run_unchecked)
    } else {
        quote_spanned!(span=> <_ as #private::HandlerBody>::run)
    }
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

/// Returns a body without `async`, as the closure that the blocking thread calls.
///
/// An outer closure takes the parameters along, with their span: a parameter that cannot go to another thread is an
/// error there. It returns the closure that is the body, which has the return type's span.
fn blocking_body(context: &Context, handler: &Handler) -> TokenStream {
    let Handler { function, bindings, .. } = handler;
    let Signature { inputs, output, .. } = &function.sig;
    let result = output_span(&function.sig);
    let body = match output {
        ReturnType::Type(arrow, declared) if !has_impl_trait(output) => {
            let block = function.body.starting_with(Some(bindings));
            quote_spanned!(result=> move || #arrow #declared #block)
        }
        // A closure cannot have the type `impl Trait`: a statement declares what is known of the type.
        _ => {
            let hint = return_hint(context, &function.sig);
            let block = function.body.starting_with(Some(&quote!(#hint #bindings)));
            quote_spanned!(result=> move || #block)
        }
    };
    let (first, last) = ends(inputs).unwrap_or((result, result));
    let mut closure = quote_spanned!(first=> move |);
    closure.extend(quote_spanned!(last=> | { #body }));
    closure
}

/// Returns the start of a run: the facts of the handler, and the values for its span, which are read from the
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

/// Returns the metadata of the handler, inside of its own block: the user may have an item of the same name.
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
            static OSERVER_META: #private::HandlerMeta = #private::HandlerMeta::new(
                #name,
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            ) #timeout #finish #span_name #level #fields;
            &OSERVER_META
        }
    }
}
