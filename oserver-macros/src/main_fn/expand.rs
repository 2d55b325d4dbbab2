//! The code that `#[oserver::main]` generates.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use syn::Visibility;

use super::options::{Options, WantsLog};
use crate::context::Context;
use crate::function::{Function, async_body, output_span, refuse_abort};

/// Returns the function without `async`, its body on oserver's runtime.
pub(super) fn expand(context: &Context, options: &Options, function: &Function) -> TokenStream {
    let span = output_span(&function.sig);
    let private = context.private(span);
    let body = async_body(context, function);
    let refuse_abort = refuse_abort("this server");
    let log = match &options.log {
        Some(WantsLog(false)) => quote_spanned!(span=> #private::without_log();),
        Some(WantsLog(true)) | None => TokenStream::new(),
    };
    let run = quote_spanned!(span=> #private::block_on_main(#body));
    // After the process's own `main` only the exit follows, which may not take long.
    let is_main = function.sig.ident == "main" && matches!(function.vis, Visibility::Inherited);
    let run = if is_main { quote_spanned!(span=> #private::leave_main(#run)) } else { run };
    with_body(function, &quote_spanned!(span=> #refuse_abort #log #run))
}

/// Returns the function's outside, for when its inside was refused.
pub(super) fn placeholder(function: &Function) -> TokenStream {
    let signature = &function.sig;
    let (ident, output) = (&signature.ident, &signature.output);
    quote!(fn #ident() #output { ::core::unreachable!() })
}

fn with_body(function: &Function, body: &TokenStream) -> TokenStream {
    let (attributes, visibility) = (&function.attrs, &function.vis);
    let mut signature = function.sig.clone();
    signature.asyncness = None;
    quote! {
        #(#attributes)*
        #visibility #signature {
            #body
        }
    }
}
