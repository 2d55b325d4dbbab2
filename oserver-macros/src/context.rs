//! The facts that every step of an expansion needs, and the spans of generated code.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

use crate::option_parser::CratePath;

/// Handed to every step that generates code.
#[derive(Debug)]
pub(crate) struct Context {
    krate: Option<Path>,
    exporter: Exporter,
}

/// The crate through which a macro was called: the user depends on it, unless an option names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exporter {
    /// `oserver`.
    Oserver,
    /// `oserver-state`: of the macros, the derives.
    State,
}

impl Context {
    pub(crate) fn new(krate: Option<CratePath>) -> Self {
        Self::of(Exporter::Oserver, krate)
    }

    /// As [`new`](Self::new), for a macro that a crate other than `oserver` exports.
    pub(crate) fn of(exporter: Exporter, krate: Option<CratePath>) -> Self {
        Self { krate: krate.map(|CratePath(path)| path), exporter }
    }

    /// Returns the private module that generated code names, every token of it at `span`: an error then
    /// points there, and not at the attribute. Only a path that the user wrote stays in its place: where
    /// it leads nowhere, all uses of it are one error.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        let krate = self.krate(span);
        quote_spanned!(span=> #krate::__private)
    }

    /// Returns the crate that generated code names, as [`private`](Self::private) does.
    pub(crate) fn krate(&self, span: Span) -> TokenStream {
        match (&self.krate, self.exporter) {
            (Some(path), _) => path.to_token_stream(),
            (None, Exporter::Oserver) => quote_spanned!(span=> ::oserver),
            (None, Exporter::State) => quote_spanned!(span=> ::oserver_state),
        }
    }
}

/// Returns the span of a piece of user code, for generated tokens: errors point there, but names in them do not mix
/// with the user's.
pub(crate) fn at(tokens: &impl ToTokens) -> Span {
    let Some((first, last)) = ends(tokens) else { return generated(Span::call_site()) };
    first.join(last).unwrap_or(first)
}

/// Returns the places of the first and the last token, as [`at`] gives them.
pub(crate) fn ends(tokens: &impl ToTokens) -> Option<(Span, Span)> {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens.next()?.span();
    let last = tokens.last().map_or(first, |token| token.span());
    Some((generated(first), generated(last)))
}

/// As [`at`], for a known span.
pub(crate) fn generated(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
