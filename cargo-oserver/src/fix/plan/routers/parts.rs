//! The routers of one file: the edits, or the reason why there are none.

use std::collections::BTreeSet;

use super::Part;
use super::rewrite::imports;
use crate::fix::edits::Edit;
use crate::fix::plan::Planner;
use crate::fix::tree::imports::Leaf;
use crate::fix::tree::routers::{Given, GivenSite, METHODS, Routers, routers};
use crate::handlers::{Code, Framework, Handler};
use crate::program::ModuleId;

/// Methods that axum's routers have, and oserver's do not.
const ONLY_AXUM: &[&str] = &[
    "route_service",
    "nest_service",
    "fallback_service",
    "reset_fallback",
    "without_v07_checks",
    "has_routes",
    "into_make_service",
    "into_make_service_with_connect_info",
    "as_service",
    "into_service",
    "handle_error",
    "route_with_tsr",
    "typed_get",
    "typed_post",
];

impl<'a> Planner<'_, 'a> {
    /// `None` if it does not mention axum's routers.
    pub(super) fn part(&self, module: ModuleId, found: &[Handler<'a>]) -> Option<Part> {
        let file = self.program.module(module).file;
        let source = self.source(file)?;
        let axum = self.axum(module)?;
        let mut routers = routers(&source.text);
        self.leave_tests_out(file, &mut routers);
        let moves = |path: &[String]| {
            path.len() > 1 && path[0] == axum && matches!(&*path[1], "Router" | "routing")
        };
        let krate = self.krate(module);
        let mut part = Part {
            file,
            module,
            line: 0,
            edits: Vec::new(),
            needs: BTreeSet::new(),
            handlers: 0,
            extents: Vec::new(),
            refused: None,
            routers: Routers::default(),
        };
        for item in &routers.items {
            if !item.leaves.iter().any(|leaf| moves(&leaf.path)) {
                continue;
            }
            part.begins(item.place.line);
            let whole = source.text.get(item.whole.clone()).unwrap_or_default();
            if whole.contains("//") || whole.contains("/*") {
                part.refuse(item.place.line, "its imports contain a comment".to_owned());
            }
            let new = imports(item, &|leaf: &Leaf| moves(&leaf.path), &krate);
            part.edits.push(Edit::replace(item.whole.clone(), new));
            part.extents.push(item.whole.clone());
        }
        for path in routers.paths.iter().filter(|path| moves(&path.names)) {
            part.begins(path.place.line);
            part.edits.push(Edit::replace(path.first.clone(), krate.clone()));
        }
        if part.edits.is_empty() {
            return None;
        }
        part.refused = part.refused.take().or_else(|| self.refused(file, &routers, &axum));
        for site in routers.given.iter().filter(|site| routes(site, &routers, &axum)) {
            part.handlers += 1;
            match self.guarded(file, module, site, found) {
                Ok(needs) => part.needs.extend(needs),
                Err(why) => part.refuse(site.place.line, why),
            }
        }
        let mentions = |range: &&std::ops::Range<usize>| {
            let text = source.text.get((*range).clone()).unwrap_or_default();
            let given = routers.given.iter().any(|site| range.contains(&site.range.start));
            given || text.contains("Router") || text.contains("routing::")
        };
        part.extents.extend(routers.functions.iter().filter(mentions).cloned());
        part.routers = routers;
        Some(part)
    }

    /// Returns the name that a package's code has for axum.
    fn axum(&self, module: ModuleId) -> Option<String> {
        let package = self.program.krate(module).package?;
        let dependencies = &self.program.sources.packages[package as usize].dependencies;
        let known = dependencies.iter().find(|dependency| dependency.package == "axum")?;
        Some(known.name.clone())
    }

    fn leave_tests_out(&self, file: u32, routers: &mut Routers) {
        let tests: BTreeSet<Vec<String>> = self
            .program
            .module_ids()
            .filter(|id| self.program.module(*id).file == file && self.program.is_test(*id))
            .map(|id| self.inline_modules(id))
            .collect();
        let in_test = |modules: &Vec<String>| {
            (1..=modules.len()).any(|length| tests.contains(&modules[..length]))
        };
        routers.items.retain(|item| !in_test(&item.modules));
        routers.paths.retain(|path| !in_test(&path.modules));
        routers.given.retain(|site| !in_test(&site.modules));
    }

    /// Returns the parts of a file that oserver's routers do not have.
    fn refused(&self, file: u32, routers: &Routers, axum: &str) -> Option<(u32, String)> {
        let path = self.path(file);
        let edited = |at: usize| {
            let edits = self.plan.changes.iter().flat_map(|change| &change.edits);
            edits.into_iter().any(|(of, edit)| of == path && edit.from <= at && at < edit.to)
        };
        let method = routers
            .methods
            .iter()
            .find(|(name, range, _)| ONLY_AXUM.contains(&&**name) && !edited(range.start));
        if let Some((name, _, place)) = method {
            return Some((place.line, format!("`oserver::Router` has no `{name}`")));
        }
        let leaves = routers.items.iter().flat_map(|item| {
            item.leaves.iter().map(|leaf| (item.place.line, leaf.path.as_slice()))
        });
        let paths = routers.paths.iter().map(|path| (path.place.line, path.names.as_slice()));
        let other = leaves.chain(paths).find_map(|(line, names)| {
            let names = match names {
                [first, rest @ ..] if first == axum => rest,
                rest => rest,
            };
            match names {
                [routing, name, ..] if routing == "routing" && !has(name) => {
                    Some((line, format!("`oserver::routing` has no `{name}`")))
                }
                _ => None,
            }
        });
        other.or_else(|| {
            let source = self.source(file)?;
            let serve = source.tree.serves.iter().find(|site| !edited(site.callee.start))?;
            Some((serve.place.line, "`axum::serve` stays, and takes only axum's router".to_owned()))
        })
    }

    /// Returns the changes without which a handler is not guarded.
    fn guarded(
        &self,
        file: u32,
        module: ModuleId,
        site: &GivenSite,
        found: &[Handler<'a>],
    ) -> Result<Vec<usize>, String> {
        let module = self.module_in(file, &site.modules).unwrap_or(module);
        let is = |handler: &&Handler<'a>| match (&site.given, &handler.code) {
            (Given::Path(names), Code::Function(function)) => {
                names.last().is_some_and(|name| *name == *function.def.name)
                    && self.means(module, names, function)
            }
            (Given::Closure(place), Code::Closure(..)) => {
                handler.file == file && handler.place == *place
            }
            _ => false,
        };
        let ours = |handler: &&Handler<'a>| {
            matches!(handler.framework, Framework::Axum | Framework::Oserver)
        };
        let meant: Vec<&Handler<'a>> = found.iter().filter(ours).filter(is).collect();
        if meant.is_empty() {
            return Err(format!("`{}` is not a function that can be guarded here", site.text));
        }
        let mut needs = Vec::new();
        for handler in meant {
            if handler.guard().is_some() {
                continue;
            }
            let path = self.path(handler.file);
            let change = self.plan.changes.iter().position(|change| {
                change.handler.as_ref() == Some(&handler.name)
                    && change.file == path
                    && change.line == handler.place.line
            });
            match change {
                Some(number) => needs.push(number),
                None => return Err(format!("`{}` is not guarded", handler.name)),
            }
        }
        Ok(needs)
    }
}

impl Part {
    fn begins(&mut self, line: u32) {
        self.line = if self.line == 0 { line } else { self.line.min(line) };
    }

    fn refuse(&mut self, line: u32, why: String) {
        self.refused.get_or_insert((line, why));
    }
}

/// Returns `true` if `oserver::routing` has a name.
fn has(name: &str) -> bool {
    METHODS.contains(&name) || matches!(name, "MethodFilter" | "MethodRouter" | "self" | "*")
}

/// Returns `true` if a call begins with a router, or a function of axum's routing.
fn routes(site: &GivenSite, routers: &Routers, axum: &str) -> bool {
    let Some(last) = site.root.last() else { return true };
    if site.root.iter().any(|name| name == "Router" || name == "routing") {
        return true;
    }
    let imported = |leaf: &Leaf| {
        let name = leaf.rename.as_ref().or(leaf.path.last());
        leaf.path.len() == 3
            && leaf.path[0] == axum
            && leaf.path[1] == "routing"
            && (name == Some(last) || leaf.path[2] == "*")
    };
    site.root.len() == 1 && routers.items.iter().flat_map(|item| &item.leaves).any(imported)
}
