//! What every step of an expansion needs to know, and the spans of what is generated.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Path;

/// Handed to every step that generates code.
#[derive(Debug)]
pub(crate) struct Context {
    krate: TokenStream,
}

impl Context {
    pub(crate) fn new(krate: Option<&Path>) -> Self {
        Self { krate: krate.map_or_else(|| quote!(::oserver), ToTokens::to_token_stream) }
    }

    /// The private module that generated code names, every token of it at `span`: an error then
    /// points there, and not at the attribute.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        let krate = respan(self.krate.clone(), span);
        quote::quote_spanned!(span=> #krate::__private)
    }
}

/// The place of a piece of the user's code, for generated tokens: errors point there, but names in
/// them don't mix with the user's.
pub(crate) fn at(tokens: &impl ToTokens) -> Span {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    generated(first.join(last).unwrap_or(first))
}

/// As [`at`], for a span that is known already.
pub(crate) fn generated(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token: TokenTree| {
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}
