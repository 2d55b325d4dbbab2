//! Finds the calls that pass a function to a router, and replaces the function there.

use super::Planner;
use crate::fix::edits::Edit;
use crate::fix::tree::{FnSite, PathSite};
use crate::program::{Def, Found, Function, ModuleId, Space};

/// Calls that take a handler.
const REGISTER: &[&str] = &[
    "get",
    "post",
    "put",
    "delete",
    "patch",
    "head",
    "options",
    "trace",
    "connect",
    "any",
    "on",
    "fallback",
    "method_not_allowed_fallback",
    "from_fn",
    "from_fn_with_state",
    "get_with",
    "post_with",
    "put_with",
    "delete_with",
    "patch_with",
    "map_request",
    "map_response",
];

/// A file with a place in it where the function is given to a router.
pub(super) struct Reference {
    pub(super) file: u32,
    pub(super) site: PathSite,
}

impl<'a> Planner<'_, 'a> {
    /// Returns the places that pass the function to a router.
    pub(super) fn references(&self, function: &Function<'a>, site: &FnSite) -> Vec<Reference> {
        let mut found = Vec::new();
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            let file = &self.program.sources.files[module.file as usize];
            if module.block || module.test || !file.selected {
                continue;
            }
            let Some(source) = self.source(module.file) else { continue };
            let chain = self.inline_modules(id);
            for path in &source.tree.paths {
                let last = path.names.last().is_some_and(|name| *name == site.name);
                if !last || path.modules != chain || !REGISTER.contains(&&*path.call) {
                    continue;
                }
                let known = |reference: &Reference| {
                    reference.file == module.file && reference.site.last == path.last
                };
                if self.means(id, &path.names, function) && !found.iter().any(known) {
                    found.push(Reference { file: module.file, site: path.clone() });
                }
            }
        }
        found
    }

    /// Returns the names of the modules around a module that are in the same file.
    pub(super) fn inline_modules(&self, id: ModuleId) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = id;
        while let Some(parent) = self.program.module(at).parent {
            if self.program.module(parent).file != self.program.module(at).file {
                break;
            }
            names.push(self.program.module(at).name.to_owned());
            at = parent;
        }
        names.reverse();
        names
    }

    /// Returns `true` if a path in a module names a function.
    pub(super) fn means(&self, module: ModuleId, path: &[String], function: &Function<'a>) -> bool {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match self.program.resolve(module, &names, false, Space::Value) {
            Found::Def(Def::Fn(id)) => std::ptr::eq(self.program.function(id).def, function.def),
            // `Type::function`
            _ => {
                let crate::program::Owner::Impl(of) = function.owner else { return false };
                let crate::syntax::Ty::Path(ty) = &of.for_type else { return false };
                names.len() > 1
                    && (names[names.len() - 2] == ty.last() || names[names.len() - 2] == "Self")
            }
        }
    }

    /// Makes a router take the new function.
    pub(super) fn refer(
        &self,
        reference: &Reference,
        old: &str,
        new: &str,
        all: &[Reference],
    ) -> Vec<Edit> {
        let site = &reference.site;
        let Some(source) = self.source(reference.file) else { return Vec::new() };
        let import = source.tree.uses.iter().find(|import| {
            // `use path::{self}` brings a module of that name, and no function.
            let module = source.text.get(import.ident.clone()) == Some("self");
            site.names.len() == 1 && import.name == old && import.modules == site.modules && !module
        });
        let Some(import) = import else {
            return vec![Edit::replace(site.last.clone(), new)];
        };
        if import.renamed {
            let path = import.path.rsplit_once("::").map_or("self", |(path, _)| path);
            return vec![Edit::replace(site.last.clone(), format!("{path}::{new}"))];
        }
        let here = all.iter().filter(|other| other.file == reference.file).count();
        let only = words(&source.text, old) == here + 1;
        let with = match (only, import.group) {
            (true, _) => Edit::replace(import.ident.clone(), new),
            (false, true) => Edit::insert(import.ident.end, format!(", {new}")),
            (false, false) => {
                let path = import.path.rsplit_once("::").map_or("self", |(path, _)| path);
                return vec![Edit::replace(site.last.clone(), format!("{path}::{new}"))];
            }
        };
        vec![with, Edit::replace(site.last.clone(), new)]
    }
}

/// Returns how often a word stands in a text.
pub(super) fn words(text: &str, word: &str) -> usize {
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word)
        .filter(|(at, _)| {
            !text[..*at].ends_with(letter) && !text[at + word.len()..].starts_with(letter)
        })
        .count()
}
