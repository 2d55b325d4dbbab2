//! Lints that see the guarded function and mean the user's.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token, parse_quote};

/// Adapts the attributes of a function that becomes a handler.
///
/// `#[must_use]` goes, because the guarded response and each future have it already. clippy looks at the function's body, and the user's
/// body stands inside of another one: what a user expects of a clippy lint is allowed instead.
pub(super) fn adapt(attributes: &mut Vec<Attribute>) {
    attributes.retain(
        |attribute| !matches!(&attribute.meta, Meta::Path(path) if path.is_ident("must_use")),
    );
    let mut allowed = Vec::new();
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("expect")) {
        let Ok(lints) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        else {
            continue;
        };
        let reason: Vec<&Meta> =
            lints.iter().filter(|lint| lint.path().is_ident("reason")).collect();
        let others = lints.iter().filter(|lint| !lint.path().is_ident("reason"));
        let (of_clippy, of_rustc): (Vec<&Meta>, Vec<&Meta>) = others.partition(|lint| {
            lint.path().segments.first().is_some_and(|first| first.ident == "clippy")
        });
        if of_clippy.is_empty() {
            continue;
        }
        allowed.push(parse_quote!(#[allow(#(#of_clippy,)* #(#reason),*)]));
        attribute.meta = parse_quote!(expect(#(#of_rustc,)* #(#reason),*));
    }
    attributes.extend(allowed);
    // `#[expect(reason = "..")]` says nothing.
    attributes.retain(|attribute| !expects_nothing(attribute));
}

fn expects_nothing(attribute: &Attribute) -> bool {
    let is_reason = |lints: Punctuated<Meta, Token![,]>| {
        lints.iter().all(|lint| lint.path().is_ident("reason"))
    };
    attribute.path().is_ident("expect")
        && attribute.parse_args_with(Punctuated::parse_terminated).is_ok_and(is_reason)
}
