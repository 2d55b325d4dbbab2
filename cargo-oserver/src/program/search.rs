//! Looks a path up: modules, imports, globs, other crates, the prelude.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use super::names::{Found, Space, hash};
use super::prelude::{PRELUDE, PRIMITIVES};
use super::{Def, ModuleId, Program};
use crate::known::is_known;

/// The limit of steps of one search: a longer search is a circle.
pub(super) const STEPS: u32 = 4_000;

/// A search, and how much of it is left.
pub(super) struct Search<'p, 'a> {
    pub(super) program: &'p Program<'a>,
    pub(super) steps: Cell<u32>,
    /// The name at the end of the path.
    pub(super) name: u64,
    /// Modules that do not have that name: through globs, many ways lead to one module.
    pub(super) without: RefCell<HashSet<(ModuleId, Space)>>,
    /// Globs whose module is being looked for, of `use a::*; use b::*;` with the one in the other.
    pub(super) circle: RefCell<Vec<(ModuleId, u32)>>,
}

/// Names that are being looked for, by their hashes.
type Visited = Vec<(ModuleId, Space, u64)>;

impl Search<'_, '_> {
    pub(super) fn path(
        &self,
        module: ModuleId,
        path: &[&str],
        global: bool,
        space: Space,
        visited: &mut Visited,
    ) -> Found {
        let Some((first, rest)) = path.split_first() else { return Found::Unknown };
        let last = rest.is_empty();
        let program = self.program;
        let here = if last { space } else { Space::Type };
        let start = match *first {
            "crate" | "$crate" => Found::Def(Def::Module(program.krate(module).root)),
            "self" => Found::Def(Def::Module(program.around(module))),
            "super" => match program.module(program.around(module)).parent {
                Some(parent) => Found::Def(Def::Module(program.around(parent))),
                None => Found::Unknown,
            },
            name if global => self.krate(module, name),
            name => match self.scope(module, name, here, visited) {
                Found::Unknown if last => match program.extern_crate(module, name) {
                    Some(root) if space == Space::Type => Found::Def(Def::Module(root)),
                    // `pub use hyper;`
                    None if space == Space::Type && program.depends_on(module, name) => {
                        Found::External(program.external_name(module, name))
                    }
                    _ => Found::Unknown,
                },
                Found::Unknown => self.krate(module, name),
                found => found,
            },
        };
        self.below(start, rest, space, visited)
    }

    fn krate(&self, module: ModuleId, name: &str) -> Found {
        let program = self.program;
        match program
            .extern_crate(module, name)
            .or_else(|| program.extern_by_lib_name(module, name))
        {
            Some(root) => Found::Def(Def::Module(root)),
            None => Found::External(program.external_name(module, name)),
        }
    }

    fn below(&self, start: Found, rest: &[&str], space: Space, visited: &mut Visited) -> Found {
        let mut found = start;
        for (index, name) in rest.iter().enumerate() {
            let here = if index + 1 == rest.len() { space } else { Space::Type };
            found = match found {
                Found::Def(Def::Module(module)) if *name == "super" => {
                    match self.program.module(module).parent {
                        Some(parent) => Found::Def(Def::Module(self.program.around(parent))),
                        None => Found::Unknown,
                    }
                }
                Found::Def(Def::Module(module)) if *name == "self" => {
                    Found::Def(Def::Module(module))
                }
                Found::Def(Def::Module(module)) => match self.member(module, name, here, visited) {
                    Found::Unknown => self.passed_on(module, name, visited),
                    found => found,
                },
                Found::Def(Def::Type(id)) => {
                    let variant = self.program.type_def(id).variants.iter().any(|v| **v == **name);
                    if variant { Found::Def(Def::Variant(id)) } else { Found::Unknown }
                }
                Found::External(path) => Found::External(format!("{path}::{name}")),
                _ => return Found::Unknown,
            };
        }
        found
    }

    /// The definition that the path of a `use` line leads to. Its first name is a crate's, unless the module itself has one:
    /// names that a glob brings are not looked for, since a crate of the same name would make the line ambiguous.
    fn import(&self, id: ModuleId, index: u32, space: Space, visited: &mut Visited) -> Found {
        let module = self.program.module(id);
        let import = &module.items.imports[index as usize];
        let path: Vec<&str> = import.path.iter().map(|part| &**part).collect();
        let [first, rest @ ..] = path.as_slice() else { return Found::Unknown };
        let own = module.names.contains_key(first)
            || module.imports.get(first).is_some_and(|found| *found != [index]);
        let path_of_crate = !matches!(*first, "crate" | "$crate" | "self" | "super");
        let of_crate = || matches!(*first, "std" | "alloc") || self.program.depends_on(id, first);
        if !own && !module.block && path_of_crate && of_crate() {
            return self.below(self.krate(id, first), rest, space, visited);
        }
        self.path(id, &path, import.global, space, visited)
    }

    /// The module, type or crate whose names a glob brings.
    fn glob(&self, id: ModuleId, index: u32, visited: &mut Visited) -> Found {
        let known = self.program.globs.borrow().get(&(id, index)).cloned();
        known.unwrap_or_else(|| {
            if self.circle.borrow().contains(&(id, index)) {
                return Found::Unknown;
            }
            self.circle.borrow_mut().push((id, index));
            let found = self.import(id, index, Space::Type, visited);
            self.circle.borrow_mut().pop();
            // In a circle of globs it may be found later.
            if found != Found::Unknown {
                self.program.globs.borrow_mut().insert((id, index), found.clone());
            }
            found
        })
    }

    /// `pub use other_crate::*;`: what the module itself does not have may come from there.
    fn passed_on(&self, id: ModuleId, name: &str, visited: &mut Visited) -> Found {
        let module = self.program.module(id);
        for index in &module.globs {
            if self.steps.get() > 0
                && let Found::External(path) = self.glob(id, *index, visited)
            {
                return Found::External(format!("{path}::{name}"));
            }
        }
        Found::Unknown
    }

    /// Looks up a name without a path: in the module, and around it if that is a body.
    fn scope(&self, module: ModuleId, name: &str, space: Space, visited: &mut Visited) -> Found {
        let mut module = module;
        loop {
            match self.member(module, name, space, visited) {
                Found::Unknown if self.program.module(module).block => {
                    match self.program.module(module).parent {
                        Some(parent) => module = parent,
                        None => return Found::Unknown,
                    }
                }
                found => return found,
            }
        }
    }

    /// Looks up a name that a module defines or imports.
    fn member(&self, id: ModuleId, name: &str, space: Space, visited: &mut Visited) -> Found {
        if self.steps.get() == 0 {
            return Found::Unknown;
        }
        self.steps.set(self.steps.get() - 1);
        let key = (id, space, hash(name));
        let last = key.2 == self.name;
        if visited.contains(&key) || last && self.without.borrow().contains(&(id, space)) {
            return Found::Unknown;
        }
        visited.push(key);
        let found = self.member_unvisited(id, name, space, visited);
        visited.pop();
        if last && found == Found::Unknown {
            self.without.borrow_mut().insert((id, space));
        }
        found
    }

    fn member_unvisited(
        &self,
        id: ModuleId,
        name: &str,
        space: Space,
        visited: &mut Visited,
    ) -> Found {
        let module = self.program.module(id);
        if let Some(def) = module.names.get(name).and_then(|defs| pick(defs, space)) {
            return Found::Def(def);
        }
        let mut external = Found::Unknown;
        for index in module.imports.get(name).into_iter().flatten() {
            match self.import(id, *index, space, visited) {
                Found::Unknown => {}
                found @ Found::Def(_) => return found,
                found => external = found,
            }
        }
        if external != Found::Unknown {
            return external;
        }
        for index in &module.globs {
            match self.glob(id, *index, visited) {
                Found::Def(Def::Module(target)) if target != id => {
                    match self.member(target, name, space, visited) {
                        Found::Unknown => {}
                        found => return found,
                    }
                }
                Found::Def(Def::Type(target))
                    if self.program.type_def(target).variants.iter().any(|v| **v == *name) =>
                {
                    return Found::Def(Def::Variant(target));
                }
                Found::External(path) if is_known(&format!("{path}::{name}")) => {
                    return Found::External(format!("{path}::{name}"));
                }
                _ => {}
            }
        }
        Found::Unknown
    }

    /// Resolves a name that no module read here defines: in the prelude, or in a crate whose names all come in.
    pub(super) fn outside(&self, module: ModuleId, name: &str) -> Found {
        if let Some((_, path)) = PRELUDE.iter().find(|(short, _)| *short == name) {
            return Found::External((*path).to_owned());
        }
        if PRIMITIVES.contains(&name) {
            return Found::External(name.to_owned());
        }
        let mut at = Some(module);
        while let Some(id) = at {
            let module = self.program.module(id);
            for index in &module.globs {
                match self.glob(id, *index, &mut Vec::new()) {
                    Found::External(path) => return Found::External(format!("{path}::{name}")),
                    // `use pb::*;`, where `pb` has what `include_proto!` brings.
                    Found::Def(Def::Module(target)) => {
                        let mut visited = Vec::new();
                        match self.passed_on(target, name, &mut visited) {
                            Found::External(path) if path.starts_with("prost::generated") => {
                                return Found::External(path);
                            }
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
            at = if module.block { module.parent } else { None };
        }
        Found::Unknown
    }
}

fn pick(defs: &[Def], space: Space) -> Option<Def> {
    let fits = |def: &&Def| match def {
        Def::Module(_) | Def::Alias(_) | Def::Trait(_) => space == Space::Type,
        Def::Type(_) | Def::Variant(_) => true,
        Def::Fn(_) | Def::Static(_) => space == Space::Value,
    };
    let preferred = |def: &&Def| match def {
        Def::Type(_) | Def::Alias(_) | Def::Trait(_) => space == Space::Type,
        Def::Fn(_) | Def::Static(_) => space == Space::Value,
        _ => false,
    };
    defs.iter().find(preferred).or_else(|| defs.iter().find(fits)).copied()
}
