//! The types of other crates that a type of the workspace leads to, each with its verdict.

use std::path::PathBuf;

use super::{Dependencies, Verdict};
use crate::known::{self, Kind};
use crate::program::{Id, ModuleId, Program, Resolved};

/// Crates of which nothing has to be read.
const KNOWN: &[&str] = &[
    "std",
    "core",
    "alloc",
    "tokio",
    "bytes",
    "http",
    "axum",
    "axum_core",
    "oserver",
    "oserver_state",
    "oserver_runtime",
];

impl Dependencies {
    /// What the sources say of the types of other crates that `ty` leads to, as `module` names them.
    #[must_use]
    pub fn of_type(
        &self,
        program: &Program<'_>,
        module: ModuleId,
        ty: &Resolved,
    ) -> Vec<(String, Verdict)> {
        let mut look = Look { all: self, program, seen: Vec::new(), found: Vec::new() };
        look.visit(module, ty);
        look.found
    }
}

struct Look<'d, 'p, 'a> {
    all: &'d Dependencies,
    program: &'p Program<'a>,
    seen: Vec<Id>,
    found: Vec<(String, Verdict)>,
}

impl Look<'_, '_, '_> {
    fn visit(&mut self, module: ModuleId, ty: &Resolved) {
        match ty {
            Resolved::Own(id, args) => {
                if self.seen.contains(id) {
                    return;
                }
                self.seen.push(*id);
                let def = self.program.type_def(*id);
                for field in def.fields.iter().filter(|field| field.trusted.is_none()) {
                    let ty = self.program.field_type(*id, args, &field.ty);
                    self.visit(id.module, &ty);
                }
            }
            Resolved::External(path, args) => {
                if known::kind(path) != Kind::Closed {
                    args.iter().for_each(|arg| self.visit(module, arg));
                }
                let name = path.trim_start_matches('?');
                let krate = name.split("::").next().unwrap_or(name);
                let asked = self.found.iter().any(|(known, _)| known == name);
                if name.contains("::")
                    && !path.starts_with('?')
                    && !KNOWN.contains(&krate)
                    && !asked
                {
                    let manifest = self.manifest(module).unwrap_or_default();
                    self.found.push((name.to_owned(), self.all.verdict(&manifest, name)));
                }
            }
            Resolved::All(parts) => parts.iter().for_each(|part| self.visit(module, part)),
            _ => {}
        }
    }

    fn manifest(&self, module: ModuleId) -> Option<PathBuf> {
        let package = self.program.krate(module).package?;
        Some(self.program.sources.packages[package as usize].root.join("Cargo.toml"))
    }
}
