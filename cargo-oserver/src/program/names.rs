//! Resolution of paths in a module.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::search::{STEPS, Search};
use super::{Def, ModuleId, Program};

/// Types and modules, or functions and statics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    Type,
    Value,
}

/// The definition that a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Def(Def),
    /// In a crate that was not read: its whole path, as far as imports tell it.
    External(String),
    Unknown,
}

/// A path in a module, by its hash, and its meaning.
pub(super) type Resolutions = HashMap<(ModuleId, u64, bool, Space), Found>;

impl<'a> Program<'a> {
    /// Returns the definition that `path` means where `module` is.
    #[must_use]
    pub fn resolve(&self, module: ModuleId, path: &[&str], global: bool, space: Space) -> Found {
        let key = (
            module,
            path.iter().fold(0_u64, |all, name| hash(name) ^ all.rotate_left(17)),
            global,
            space,
        );
        if let Some(known) = self.resolved.borrow().get(&key) {
            return known.clone();
        }
        let search = Search {
            program: self,
            steps: Cell::new(STEPS),
            name: path.last().map_or(0, |name| hash(name)),
            without: RefCell::default(),
            circle: RefCell::default(),
        };
        let found = match (search.path(module, path, global, space, &mut Vec::new()), path) {
            (Found::Unknown, [name]) if !global => search.outside(module, name),
            (found, _) => found,
        };
        let found = self.seen_outside_text(module, found, path);
        self.resolved.borrow_mut().insert(key, found.clone());
        found
    }

    /// Shows a definition of a framework's library to others as if it came from a registry, also in its own checkout.
    fn seen_outside_text(&self, module: ModuleId, found: Found, path: &[&str]) -> Found {
        let of = match &found {
            Found::Def(
                Def::Type(id)
                | Def::Variant(id)
                | Def::Alias(id)
                | Def::Trait(id)
                | Def::Fn(id)
                | Def::Static(id),
            ) => id.module,
            _ => return found,
        };
        let (asks, defines) = (self.module(module).krate, self.module(of).krate);
        if asks == defines || !self.of_framework(of) || is_oserver(&self.package_name(of)) {
            return found;
        }
        let name = match &found {
            Found::Def(Def::Type(id)) => &*self.type_def(*id).name,
            Found::Def(Def::Alias(id)) => &*self.alias_def(*id).name,
            Found::Def(Def::Trait(id)) => &*self.trait_def(*id).name,
            Found::Def(Def::Fn(id)) => &*self.function(*id).def.name,
            _ => path.last().copied().unwrap_or_default(),
        };
        Found::External(format!("{}::{name}", self.package_name(of)))
    }

    pub(super) fn around(&self, mut module: ModuleId) -> ModuleId {
        while self.module(module).block {
            let Some(parent) = self.module(module).parent else { break };
            module = parent;
        }
        module
    }
}

/// oserver's own packages are seen from within: the audit reads the output of its macros.
fn is_oserver(package: &str) -> bool {
    package.starts_with("oserver")
}

pub(super) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Found {
    /// Returns `true` if it is, or would be if it were read from a registry, of one of these crates.
    #[must_use]
    pub fn external_of(&self, program: &Program<'_>, crates: &[&str]) -> bool {
        let module = match self {
            Self::External(path) => {
                return crates.contains(&path.split("::").next().unwrap_or_default());
            }
            Self::Def(Def::Module(module)) => *module,
            Self::Def(
                Def::Type(id)
                | Def::Variant(id)
                | Def::Alias(id)
                | Def::Trait(id)
                | Def::Fn(id)
                | Def::Static(id),
            ) => id.module,
            Self::Unknown => return false,
        };
        crates.contains(&&*program.package_name(module))
    }
}
