//! The programs that serve: only their `main` gets another runtime.

use std::collections::{BTreeMap, BTreeSet};

use super::Planner;
use crate::fix::tree::FnSite;
use crate::flow::{Flow, Trace};
use crate::handlers::{Code, Handler};
use crate::program::ModuleId;
use crate::syntax::Place;

impl<'a> Planner<'_, 'a> {
    /// Changes the `main` functions of the packages that lead to a server. Where none of a package's does, as far as
    /// calls show, its `src/main.rs` counts as the server.
    pub(super) fn mains(
        &mut self,
        flow: &Flow<'_, '_, 'a>,
        found: &[Handler<'a>],
        packages: &BTreeSet<Option<u32>>,
    ) {
        let serving = self.serving(found);
        let mut mains: BTreeMap<Option<u32>, Vec<(ModuleId, FnSite, bool)>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            let package = self.program.krate(id).package;
            let selected = self.program.sources.files[module.file as usize].selected;
            if module.block || !selected || !packages.contains(&package) || self.program.is_test(id)
            {
                continue;
            }
            let Some(source) = self.source(module.file) else { continue };
            for site in source.tree.fns.iter().filter(|site| site.name == "main") {
                if seen.insert((module.file, site.place)) {
                    let serves = self.leads_to(flow, id, site, &serving);
                    mains.entry(package).or_default().push((id, site.clone(), serves));
                }
            }
        }
        for of_package in mains.into_values() {
            let known = of_package.iter().any(|(.., serves)| *serves);
            for (id, site, serves) in of_package {
                let path = self.path(self.program.module(id).file);
                if serves || (!known && path.ends_with("src/main.rs")) {
                    self.main_function(id, &site);
                }
            }
        }
    }

    /// Files with a handler or a call that serves.
    fn serving(&self, found: &[Handler<'a>]) -> BTreeSet<u32> {
        let mut files: BTreeSet<u32> = found.iter().map(|handler| handler.file).collect();
        for id in self.program.module_ids().filter(|id| !self.program.is_test(*id)) {
            let file = self.program.module(id).file;
            if !files.contains(&file)
                && self.program.sources.files[file as usize].server
                && let Some(source) = self.source(file)
                && source.tree.serves.iter().any(|site| self.is_served(id, site.function))
            {
                files.insert(file);
            }
        }
        files
    }

    fn leads_to(
        &self,
        flow: &Flow<'_, '_, 'a>,
        id: ModuleId,
        site: &FnSite,
        serving: &BTreeSet<u32>,
    ) -> bool {
        let program = self.program;
        let file = program.module(id).file;
        if serving.contains(&file) {
            return true;
        }
        let main = program
            .functions
            .iter()
            .find(|function| program.at(function.module, function.def.place) == (file, site.place));
        let Some(main) = main else { return false };
        let trace = Trace::of(flow, &Code::Function(*main));
        trace.steps.iter().filter_map(|step| step.function).any(|index| {
            serving.contains(&program.module(program.functions[index as usize].module).file)
        })
    }

    /// Whether a call of a function is in code that is no test.
    pub(super) fn is_served(&self, id: ModuleId, function: Option<Place>) -> bool {
        let program = self.program;
        let file = program.module(id).file;
        let Some(place) = function else { return true };
        let mut of = program
            .functions
            .iter()
            .filter(|function| program.at(function.module, function.def.place) == (file, place))
            .peekable();
        of.peek().is_none()
            || of.any(|function| !program.is_test(function.module) && !function.def.attributes.test)
    }
}
