//! `--router oserver`: `axum::Router` and `axum::routing` become oserver's, for all files together that hand routers to each other.

mod parts;
mod rewrite;

use std::collections::BTreeSet;

use super::Planner;
use crate::fix::change::{Action, Change, Left, Reason};
use crate::fix::tree::routers::Routers;
use crate::handlers::Handler;
use crate::program::{Def, Found, ModuleId, Space};

/// A file with routers in it.
struct Part {
    file: u32,
    module: ModuleId,
    routers: Routers,
    /// The first mention of axum's routers.
    line: u32,
    edits: Vec<crate::fix::edits::Edit>,
    needs: BTreeSet<usize>,
    /// How many handlers its routers get.
    handlers: usize,
    extents: Vec<std::ops::Range<usize>>,
    refused: Option<(u32, String)>,
}

impl<'a> Planner<'_, 'a> {
    pub(super) fn routers(&mut self, found: &[Handler<'a>]) {
        let mut parts = Vec::new();
        let mut seen = BTreeSet::new();
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            let selected = self.program.sources.files[module.file as usize].selected;
            if module.block || self.program.is_test(id) || !selected || !seen.insert(module.file) {
                continue;
            }
            parts.extend(self.part(id, found));
        }
        for group in self.groups(&parts) {
            let group: Vec<&Part> = group.into_iter().map(|index| &parts[index]).collect();
            if group.iter().map(|part| part.handlers).sum::<usize>() > 0 {
                self.group(&group);
            }
        }
    }

    fn group(&mut self, group: &[&Part]) {
        let first = group[0];
        let refused =
            group.iter().find_map(|part| Some((part.file, part.refused.as_ref()?.clone())));
        if let Some((file, (line, why))) = refused {
            self.plan.left.push(Left {
                action: Action::Left,
                reason: Reason::Router,
                handler: None,
                file: self.path(file).to_owned(),
                line,
                message: format!("the router stays axum's: {why}"),
            });
            return;
        }
        let krate = self.krate(first.module);
        let message = format!(
            "`axum::Router` became `{krate}::Router`, which accepts only guarded handlers, and checks their state"
        );
        let mut change = Change::new(Action::Router, self.path(first.file), first.line, message);
        for part in group {
            let path = self.path(part.file);
            let edits = part.edits.iter().map(|edit| (path.to_owned(), edit.clone()));
            change.edits.extend(edits);
            let extents = part.extents.iter().map(|extent| (path.to_owned(), extent.clone()));
            change.extents.extend(extents);
            change.needs.extend(&part.needs);
        }
        self.add(first.module, change, BTreeSet::new());
    }

    /// Parts that hand routers to each other.
    fn groups(&self, parts: &[Part]) -> Vec<Vec<usize>> {
        let mut group: Vec<usize> = (0..parts.len()).collect();
        for (one, of) in parts.iter().enumerate() {
            for (other, by) in parts.iter().enumerate() {
                if one != other && self.hands_to(of, by) {
                    let (from, to) = (group[one], group[other]);
                    group.iter_mut().filter(|at| **at == from).for_each(|at| *at = to);
                }
            }
        }
        let numbers: BTreeSet<usize> = group.iter().copied().collect();
        numbers
            .into_iter()
            .map(|number| (0..parts.len()).filter(|index| group[*index] == number).collect())
            .collect()
    }

    /// Returns `true` if a file calls a function of another one that takes a router, or returns one.
    fn hands_to(&self, of: &Part, by: &Part) -> bool {
        of.routers.passed.iter().any(|passed| {
            let called = by.routers.methods.iter().any(|(name, _, _)| *name == passed.name);
            if passed.method && called {
                return true;
            }
            by.routers.paths.iter().any(|path| {
                if path.names.last() != Some(&passed.name) {
                    return false;
                }
                if passed.method {
                    return path.names.len() > 1;
                }
                let names: Vec<&str> = path.names.iter().map(String::as_str).collect();
                let module = self.module_in(by.file, &path.modules).unwrap_or(by.module);
                match self.program.resolve(module, &names, false, Space::Value) {
                    Found::Def(Def::Fn(id)) => {
                        let function = self.program.function(id);
                        self.program.module(function.module).file == of.file
                    }
                    _ => false,
                }
            })
        })
    }

    /// Returns the module that inline modules of a file lead to.
    fn module_in(&self, file: u32, modules: &[String]) -> Option<ModuleId> {
        self.program.module_ids().find(|id| {
            let module = self.program.module(*id);
            module.file == file && !module.block && self.inline_modules(*id) == modules
        })
    }
}
