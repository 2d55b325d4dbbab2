//! One package's sources, and what can be reached from one of its types.

use std::collections::HashSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::accessors::{Exposing, exposing, guards, is_lock_name};
use crate::known::{self, Kind};
use crate::load::Sources;
use crate::program::{Def, Found, Id, ModuleId, Program, Resolved, Scope, Space};

/// The limit of nested types.
const DEEPEST: usize = 40;

/// The findings about a type within one package, before its own dependencies are read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Findings {
    /// Types of other crates that the type leads to: each with the path of fields, and `true` if users can reach it.
    pub(super) external: Vec<(String, String, bool)>,
    /// The paths of fields to locks that users can hold.
    pub(super) locks: Vec<String>,
    /// `true` if there are locks that only the package itself can hold.
    pub(super) private: bool,
    /// `true` if the type was not found: a macro defines it, or another crate.
    pub(super) missing: bool,
    /// Parts that could not be followed.
    pub(super) unknown: Vec<String>,
}

/// Looks a type up by its path, without the name of the crate.
pub(super) fn look(sources: &Sources, path: &[&str]) -> Findings {
    let program = Program::new(sources);
    let mut findings = Findings::default();
    let Some(root) = program.crates.first().map(|krate| krate.root) else {
        findings.unknown.push("its library was not found".to_owned());
        return findings;
    };
    let ty = match program.resolve(root, path, false, Space::Type) {
        Found::Def(Def::Type(id)) => Resolved::Own(id, open(&program, id)),
        Found::Def(Def::Alias(id)) => {
            let def = program.alias_def(id);
            let mut scope = Scope::new(id.module);
            program.open_params(&def.generics, &mut scope);
            program.resolve_type(&def.ty, &scope)
        }
        Found::External(path) => Resolved::External(path.into(), Rc::new([])),
        Found::Def(Def::Trait(_)) => {
            findings.unknown.push("it is a trait, so it can be any type".to_owned());
            return findings;
        }
        _ => {
            findings.missing = true;
            findings.unknown.push(format!("`{}` was not found in its sources", path.join("::")));
            return findings;
        }
    };
    let mut walk = Walk {
        program: &program,
        findings: &mut findings,
        seen: HashSet::new(),
        types: Vec::new(),
        chain: Vec::new(),
    };
    walk.visit(&ty, true);
    findings
}

/// Returns the type's own parameters, which its users choose.
fn open(program: &Program<'_>, id: Id) -> Rc<[Resolved]> {
    let generics = &program.type_def(id).generics;
    generics.params.iter().map(|param| Resolved::Param((*param.name).into(), Rc::new([]))).collect()
}

struct Walk<'p, 'a, 'f> {
    program: &'p Program<'a>,
    findings: &'f mut Findings,
    seen: HashSet<Resolved>,
    /// The types on the way, outermost first.
    types: Vec<Id>,
    chain: Vec<String>,
}

impl Walk<'_, '_, '_> {
    /// `open` is `true` if users can access every field on the path.
    fn visit(&mut self, ty: &Resolved, open: bool) {
        if self.chain.len() > DEEPEST {
            return;
        }
        match ty {
            Resolved::External(path, args) => self.external(path, args, open),
            Resolved::Own(id, args) => {
                if self.seen.insert(ty.clone()) {
                    self.own(*id, args, open);
                    // The features decide which one is compiled, so each counts.
                    for other in self.alternatives(*id) {
                        self.own(other, args, open);
                    }
                }
            }
            Resolved::All(parts) => parts.iter().for_each(|part| self.visit(part, open)),
            Resolved::Traits(traits) => {
                for of in traits.iter() {
                    let name = of.path.rsplit("::").next().unwrap_or(&of.path);
                    let marker = matches!(
                        name,
                        "Send"
                            | "Sync"
                            | "Unpin"
                            | "Any"
                            | "Error"
                            | "UnwindSafe"
                            | "RefUnwindSafe"
                    );
                    let function = matches!(name, "Fn" | "FnMut" | "FnOnce");
                    if !marker && !function {
                        let way = self.way();
                        let words = format!("`dyn {name}` in {way} can be any type");
                        self.unknown(open, words);
                    }
                }
            }
            // The users of the type choose its arguments and closures.
            Resolved::Param(..) | Resolved::Fn(_) => {}
            Resolved::Unknown => {
                let way = self.way();
                self.unknown(open, format!("{way} could not be resolved"));
            }
        }
    }

    fn way(&self) -> String {
        match self.chain.last() {
            Some(_) => format!("`{}`", self.chain.join(" → ")),
            None => "the type".to_owned(),
        }
    }

    /// Returns types of the same name in a module of the same name, or in the same module.
    fn alternatives(&self, id: Id) -> Vec<Id> {
        let program = self.program;
        let (module, name) = (program.module(id.module), &program.type_def(id).name);
        let same = |other: &ModuleId| {
            let other = program.module(*other);
            other.parent == module.parent && other.name == module.name
        };
        let modules = program.module_ids().filter(same);
        modules
            .flat_map(|module| {
                let types = program.module(module).items.types.iter().zip(0u32..);
                types
                    .filter(|(def, _)| def.name == *name)
                    .map(move |(_, index)| Id { module, index })
                    .collect::<Vec<_>>()
            })
            .filter(|other| *other != id)
            .collect()
    }

    fn own(&mut self, id: Id, args: &[Resolved], open: bool) {
        let def = self.program.type_def(id);
        if is_lock_name(&def.name) && self.locks(id) {
            self.lock(&def.name, open);
            return;
        }
        self.types.push(id);
        for field in &def.fields {
            let ty = self.program.field_type(id, args, &field.ty);
            self.chain.push(format!("{}.{}: {}", def.name, field.name, field.ty));
            self.visit(&ty, open && field.public);
            self.chain.pop();
        }
        self.types.pop();
    }

    /// Returns `true` for the package's own lock type: a type that returns a guard.
    fn locks(&self, id: Id) -> bool {
        let blocks = self.program.impls_of_type(id);
        blocks.iter().flat_map(|(_, of)| &of.fns).any(guards)
    }

    fn external(&mut self, path: &str, args: &[Resolved], open: bool) {
        let name = path.trim_start_matches('?');
        let last = name.rsplit("::").next().unwrap_or(name);
        // A cell without a lock cannot stay locked.
        let cell = matches!(last, "UnsafeCell" | "Cell" | "SyncUnsafeCell");
        if !cell && known::kind(path) == Kind::Lock {
            self.lock(name, open);
            return;
        }
        let krate = name.split("::").next().unwrap_or(name);
        let std = matches!(krate, "std" | "core" | "alloc") || !name.contains("::");
        if path.starts_with('?') {
            let way = self.way();
            self.unknown(open, format!("`{name}` in {way} could not be resolved"));
        } else if !std {
            let way = self.way();
            let open = open || self.exposing().is_some();
            let found = (name.to_owned(), way, open);
            let known = self
                .findings
                .external
                .iter()
                .any(|(known, _, seen)| known == name && *seen == open);
            if !known {
                self.findings.external.push(found);
            }
        }
        args.iter().for_each(|arg| self.visit(arg, open));
    }

    /// Returns a method of a type on the path through which users get at the contents.
    fn exposing(&self) -> Option<Exposing> {
        self.types.iter().find_map(|id| exposing(self.program, *id))
    }

    /// Records a lock. It matters to users if they can name it, get its guard, or run code under it.
    fn lock(&mut self, name: &str, open: bool) {
        let way = self.way();
        match self.exposing() {
            _ if open => self.findings.locks.push(format!("`{name}` in {way}")),
            Some(Exposing { method, guard: true }) => self
                .findings
                .locks
                .push(format!("`{name}` in {way}, and `{method}` returns a guard")),
            // The closure may run under the lock.
            Some(Exposing { method, guard: false }) => self.findings.unknown.push(format!(
                "`{name}` in {way}, and `{method}` runs a closure of its caller, perhaps under that lock"
            )),
            None => self.findings.private = true,
        }
    }

    /// Records a part that cannot be followed. A private part does not matter: no user can reach it.
    fn unknown(&mut self, open: bool, words: String) {
        if open || self.exposing().is_some() {
            self.findings.unknown.push(words);
        } else {
            self.findings.private = true;
        }
    }
}
