//! Removes the parts that a package does not compile: items, fields and variants under a `cfg` that does not hold.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Fields, ImplItem, Item, Meta, Token};

/// Removes the items that are not compiled with these features on this platform.
pub(super) fn apply(file: &mut syn::File, features: Option<&BTreeSet<String>>) {
    Conditions { features }.items(&mut file.items);
}

struct Conditions<'f> {
    features: Option<&'f BTreeSet<String>>,
}

impl Conditions<'_> {
    fn keeps(&self, attrs: &[syn::Attribute]) -> bool {
        !attrs.iter().any(|attr| match &attr.meta {
            Meta::List(list) if list.path.is_ident("cfg") => {
                syn::parse2::<Meta>(list.tokens.clone())
                    .is_ok_and(|condition| self.holds(&condition) == Some(false))
            }
            _ => false,
        })
    }

    fn items(&self, items: &mut Vec<Item>) {
        items.retain(|item| self.keeps(attributes(item)));
        for item in items {
            match item {
                Item::Mod(item) => {
                    item.content.iter_mut().for_each(|(_, items)| self.items(items));
                }
                Item::Struct(item) => self.fields(&mut item.fields),
                Item::Union(item) => self.list(&mut item.fields.named, |field| &field.attrs),
                Item::Enum(item) => {
                    self.list(&mut item.variants, |variant| &variant.attrs);
                    item.variants.iter_mut().for_each(|variant| self.fields(&mut variant.fields));
                }
                Item::Impl(item) => item.items.retain(|item| match item {
                    ImplItem::Fn(item) => self.keeps(&item.attrs),
                    _ => true,
                }),
                _ => {}
            }
        }
    }

    fn fields(&self, fields: &mut Fields) {
        match fields {
            Fields::Named(fields) => self.list(&mut fields.named, |field| &field.attrs),
            Fields::Unnamed(fields) => self.list(&mut fields.unnamed, |field| &field.attrs),
            Fields::Unit => {}
        }
    }

    fn list<T>(
        &self,
        list: &mut Punctuated<T, Token![,]>,
        attrs: impl Fn(&T) -> &[syn::Attribute],
    ) {
        if list.iter().any(|part| !self.keeps(attrs(part))) {
            let parts = std::mem::take(list).into_iter();
            *list = parts.filter(|part| self.keeps(attrs(part))).collect();
        }
    }

    /// Returns `None` if the condition cannot be evaluated.
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

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::apply;
    use crate::syntax::{Bodies, Limits, lower};

    /// The names of the remaining items.
    fn left(text: &str) -> String {
        let features = BTreeSet::from(["a".to_owned()]);
        let prepare = |file: &mut syn::File| apply(file, Some(&features));
        let file = lower(text, Limits::default(), Bodies::All, &|_| None, &prepare);
        let items = file.expect("the text is Rust").items;
        let mut names: Vec<&str> = items.mods.iter().map(|def| &*def.name).collect();
        for def in &items.types {
            names.push(&def.name);
            names.extend(def.variants.iter().map(|name| &**name));
            names.extend(def.fields.iter().map(|field| &*field.name));
        }
        names.extend(items.impls.iter().flat_map(|of| &of.fns).map(|def| &*def.name));
        names.join(" ")
    }

    #[test]
    fn what_is_not_compiled_is_gone() {
        assert_eq!(left("#[cfg(feature = \"b\")] mod b; mod c;"), "c");
        assert_eq!(left("struct S { #[cfg(not(feature = \"a\"))] x: u8, y: u8 }"), "S y");
        assert_eq!(left("struct S(#[cfg(test)] u8, u8, #[cfg(feature = \"a\")] u8);"), "S 0 1");
        assert_eq!(left("enum E { #[cfg(doc)] A(u8), B(#[cfg(miri)] u8) }"), "E B");
        assert_eq!(left("impl S { #[cfg(loom)] fn a() {} fn b() {} }"), "b");
        assert_eq!(left("mod m { #[cfg(loom)] mod a; } #[cfg(not(mystery))] mod n;"), "m n");
        assert_eq!(left("#[cfg(any(feature = \"a\", feature = \"b\"))] mod a;"), "a");
    }
}
