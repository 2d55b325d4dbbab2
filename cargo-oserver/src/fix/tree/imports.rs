//! Imports, item by item, and how they are written.

use std::ops::Range;

use syn::visit::{self, Visit};

use super::{place, range, visit_text};
use crate::syntax::Place;

/// One name of a `use`, or all of a module.
#[derive(Clone, Debug)]
pub(in crate::fix) struct Leaf {
    pub(in crate::fix) path: Vec<String>,
    pub(in crate::fix) rename: Option<String>,
}

impl Leaf {
    /// Returns the name that it brings; `None` if it brings several, or none.
    pub(in crate::fix) fn name(&self) -> Option<&str> {
        match (&self.rename, self.path.as_slice()) {
            (Some(name), _) => Some(name).filter(|name| *name != "_").map(String::as_str),
            (None, [.., module, last]) if last == "self" => Some(module),
            (None, [.., last]) => Some(last).filter(|name| *name != "*").map(String::as_str),
            (None, []) => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(in crate::fix) struct UseItem {
    /// From `use` to the semicolon.
    pub(in crate::fix) whole: Range<usize>,
    /// The text before `use`, such as its visibility.
    pub(in crate::fix) prefix: String,
    pub(in crate::fix) leaves: Vec<Leaf>,
    pub(in crate::fix) modules: Vec<String>,
    pub(in crate::fix) place: Place,
}

/// Returns all `use` items of a text; none if it does not parse.
pub(in crate::fix) fn items(text: &str) -> Vec<UseItem> {
    let mut look = Look { text, modules: Vec::new(), found: Vec::new() };
    visit_text(text, &mut look);
    look.found
}

struct Look<'t> {
    text: &'t str,
    modules: Vec<String>,
    found: Vec<UseItem>,
}

impl<'ast> Visit<'ast> for Look<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let from = item.use_token.span.byte_range().start;
        let whole = range(item);
        let mut found = Vec::new();
        leaves(&item.tree, &mut Vec::new(), &mut found);
        self.found.push(UseItem {
            prefix: self.text.get(whole.start..from).unwrap_or_default().to_owned(),
            whole: from..whole.end,
            leaves: found,
            modules: self.modules.clone(),
            place: place(item.use_token.span),
        });
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }
}

fn leaves(tree: &syn::UseTree, path: &mut Vec<String>, into: &mut Vec<Leaf>) {
    let leaf = |path: &[String], name: String, rename: Option<String>| {
        let path = [path, &[name]].concat();
        Leaf { path, rename }
    };
    match tree {
        syn::UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            leaves(&inner.tree, path, into);
            path.pop();
        }
        syn::UseTree::Name(inner) => into.push(leaf(path, inner.ident.to_string(), None)),
        syn::UseTree::Rename(inner) => {
            into.push(leaf(path, inner.ident.to_string(), Some(inner.rename.to_string())));
        }
        syn::UseTree::Glob(_) => into.push(leaf(path, "*".to_owned(), None)),
        syn::UseTree::Group(inner) => inner.items.iter().for_each(|part| leaves(part, path, into)),
    }
}

/// Returns one `use` of all of them.
pub(in crate::fix) fn written(leaves: &[Leaf]) -> String {
    let list = leaves.iter().map(|leaf| (&*leaf.path, leaf.rename.as_deref())).collect();
    let tops = tree(list);
    tops.iter().map(|top| format!("use {top};")).collect::<Vec<_>>().join("\n")
}

type Rest<'l> = (&'l [String], Option<&'l str>);

/// Returns one entry for each first name, in the order in which they come.
fn tree(leaves: Vec<Rest<'_>>) -> Vec<String> {
    // Paths that begin with the same name and go on share an entry; a name alone has one of its own.
    let mut heads: Vec<(&str, Vec<Rest<'_>>)> = Vec::new();
    for (path, rename) in leaves {
        let Some((head, rest)) = path.split_first() else { continue };
        let goes_on = |(name, list): &&mut (&str, Vec<Rest<'_>>)| {
            name == head && list.iter().all(|(rest, _)| !rest.is_empty())
        };
        match heads.iter_mut().find(goes_on) {
            Some((_, list)) if !rest.is_empty() => list.push((rest, rename)),
            _ => heads.push((head, vec![(rest, rename)])),
        }
    }
    let entry = |(head, rest): (&str, Vec<Rest<'_>>)| match rest.as_slice() {
        [([], Some(rename))] => format!("{head} as {rename}"),
        [([], None)] => head.to_owned(),
        _ => match tree(rest).as_slice() {
            [only] if only != "self" => format!("{head}::{only}"),
            several => format!("{head}::{{{}}}", several.join(", ")),
        },
    };
    heads.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::{items, written};

    #[test]
    fn imports_are_written_as_they_were_read() {
        for text in [
            "use a::B;",
            "use a::{B, c::{D, E as F}, g::*};",
            "use a::{self, b::{self, C}};",
            "use a as b;",
        ] {
            assert_eq!(written(&items(text)[0].leaves), text);
        }
    }
}
