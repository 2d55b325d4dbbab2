//! Functions as both macros read them, and the pieces that both generate.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{AttrStyle, Attribute, ReturnType, Signature, Visibility};

use crate::assertions::of_the_user;
use crate::body::Body;
use crate::context::{Context, at};
use crate::return_hint::return_hint;

/// A function with a body.
#[derive(Debug)]
pub(crate) struct Function {
    /// The function's attributes, with those from inside of its body.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let (vis, sig, mut body): (_, _, Body) = (input.parse()?, input.parse()?, input.parse()?);
        let outer = |attribute| Attribute { style: AttrStyle::Outer, ..attribute };
        attrs.extend(body.attributes.drain(..).map(outer));
        Ok(Self { attrs, vis, sig, body })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, sig, body } = self;
        let block = body.starting_with(None);
        tokens.extend(quote!(#(#attrs)* #vis #sig #block));
    }
}

/// Returns a user's function body as an async block with a known type.
pub(crate) fn async_body(context: &Context, function: &Function) -> TokenStream {
    let hint = return_hint(context, &function.sig);
    let block = function.body.starting_with(hint.as_ref());
    // The user's span: an error about the future does not mention an expansion.
    let span = match &function.sig.output {
        ReturnType::Type(_, declared) => of_the_user(declared),
        ReturnType::Default => function.sig.ident.span(),
    };
    quote_spanned!(span=> async move #block)
}

/// Returns the place of a function's result: its declared type, or else its name.
pub(crate) fn output_span(signature: &Signature) -> proc_macro2::Span {
    match &signature.output {
        ReturnType::Type(_, declared) => at(declared),
        ReturnType::Default => at(&signature.ident),
    }
}

/// Refuses a crate whose panics end the process. The check is in the output, so that it is about the crate that is
/// being built, and not about this one.
pub(crate) fn refuse_abort(what: &str) -> TokenStream {
    let message = format!(
        "{what} cannot be guarded with `panic = \"abort\"`: a panic in one request would end the \
         process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    quote! {
        #[cfg(panic = "abort")]
        ::core::compile_error!(#message);
    }
}
