//! Removes the parts that a package does not compile: items, fields and variants under a `cfg` that does not hold.

use std::collections::BTreeSet;

use syn::Meta;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// Returns the text with blanks in the place of what these features, on this platform, leave out.
pub(super) fn without(text: String, features: Option<&BTreeSet<String>>) -> String {
    if !text.contains("cfg") {
        return text;
    }
    let Ok(file) = syn::parse_file(&text) else { return text };
    let mut look = Look { features, out: Vec::new() };
    look.visit_file(&file);
    let out = look.out;
    proc_macro2::extra::invalidate_current_thread_spans();
    let mut bytes = text.into_bytes();
    for range in out {
        for byte in &mut bytes[range] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    // Whole tokens became blanks.
    String::from_utf8(bytes).unwrap_or_default()
}

struct Look<'f> {
    features: Option<&'f BTreeSet<String>>,
    out: Vec<std::ops::Range<usize>>,
}

impl Look<'_> {
    /// Returns `true` if to go into it.
    fn keep(
        &mut self,
        attrs: &[syn::Attribute],
        node: &impl Spanned,
        comma: Option<usize>,
    ) -> bool {
        let off = attrs.iter().any(|attr| match &attr.meta {
            Meta::List(list) if list.path.is_ident("cfg") => {
                syn::parse2::<Meta>(list.tokens.clone())
                    .is_ok_and(|condition| self.holds(&condition) == Some(false))
            }
            _ => false,
        });
        if off {
            let range = node.span().byte_range();
            self.out.push(range.start..comma.unwrap_or(range.end));
        }
        !off
    }

    /// `None` where it cannot be known.
    fn holds(&self, condition: &Meta) -> Option<bool> {
        match condition {
            Meta::NameValue(pair) => {
                let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value
                else {
                    return None;
                };
                let text = text.value();
                if pair.path.is_ident("feature") {
                    self.features.map(|features| features.contains(&text))
                } else if pair.path.is_ident("target_os") {
                    Some(std::env::consts::OS == text)
                } else if pair.path.is_ident("target_arch") {
                    Some(std::env::consts::ARCH == text)
                } else if pair.path.is_ident("target_family") {
                    Some(std::env::consts::FAMILY == text)
                } else {
                    None
                }
            }
            Meta::Path(path) if path.is_ident("unix") => Some(cfg!(unix)),
            Meta::Path(path) if path.is_ident("windows") => Some(cfg!(windows)),
            Meta::Path(path)
                if ["test", "doc", "docsrs", "loom", "miri", "kani"]
                    .iter()
                    .any(|name| path.is_ident(name)) =>
            {
                Some(false)
            }
            Meta::Path(_) => None,
            Meta::List(list) => {
                let parse = Punctuated::<Meta, syn::Token![,]>::parse_terminated;
                let parts = syn::parse::Parser::parse2(parse, list.tokens.clone()).ok()?;
                let parts: Vec<Option<bool>> = parts.iter().map(|part| self.holds(part)).collect();
                let sure = |value: bool| parts.iter().all(|part| *part == Some(value));
                let one = |value: bool| parts.contains(&Some(value));
                if list.path.is_ident("not") {
                    parts.first().copied().flatten().map(|value| !value)
                } else if list.path.is_ident("all") {
                    if one(false) { Some(false) } else { sure(true).then_some(true) }
                } else if list.path.is_ident("any") {
                    if one(true) { Some(true) } else { sure(false).then_some(false) }
                } else {
                    None
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Look<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attrs: &[syn::Attribute] = match item {
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Trait(item) => &item.attrs,
            syn::Item::Type(item) => &item.attrs,
            syn::Item::Union(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Macro(item) => &item.attrs,
            _ => &[],
        };
        if self.keep(attrs, item, None) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.keep(&item.attrs, item, None);
    }

    fn visit_fields_named(&mut self, fields: &'ast syn::FieldsNamed) {
        for pair in fields.named.pairs() {
            let comma = pair.punct().map(|comma| comma.span.byte_range().end);
            self.keep(&pair.value().attrs, *pair.value(), comma);
        }
    }

    fn visit_fields_unnamed(&mut self, fields: &'ast syn::FieldsUnnamed) {
        for pair in fields.unnamed.pairs() {
            let comma = pair.punct().map(|comma| comma.span.byte_range().end);
            self.keep(&pair.value().attrs, *pair.value(), comma);
        }
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        for pair in item.variants.pairs() {
            let comma = pair.punct().map(|comma| comma.span.byte_range().end);
            if self.keep(&pair.value().attrs, *pair.value(), comma) {
                visit::visit_variant(self, pair.value());
            }
        }
    }

    // No body matters.
    fn visit_block(&mut self, _: &'ast syn::Block) {}
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::without;

    fn left(text: &str) -> String {
        let features = BTreeSet::from(["a".to_owned()]);
        let text = without(text.to_owned(), Some(&features));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_not_compiled_is_gone() {
        assert_eq!(left("#[cfg(feature = \"b\")] mod b; mod c;"), "mod c;");
        assert_eq!(
            left("struct S { #[cfg(not(feature = \"a\"))] x: u8, y: u8 }"),
            "struct S { y: u8 }"
        );
        assert_eq!(left("enum E { #[cfg(test)] A(u8), B }"), "enum E { B }");
        let kept = "#[cfg(any(feature = \"a\", feature = \"b\"))] mod a;";
        assert_eq!(left(kept), kept);
        let unknown = "#[cfg(not(mystery))] mod a;";
        assert_eq!(left(unknown), unknown);
    }
}
