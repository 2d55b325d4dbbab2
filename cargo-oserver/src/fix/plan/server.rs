//! `#[tokio::main]` and `axum::serve`: where flavour and arguments allow it, oserver's.

use std::collections::BTreeSet;

use super::error_way::error_way;
use super::serve_arguments::{address, is_text, is_used_once, without_make_service};
use super::{Planner, Source};
use crate::fix::change::{Action, Change, Left, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::{BindSite, FnSite, ServeSite};
use crate::flow::Flow;
use crate::handlers::Handler;
use crate::program::ModuleId;

impl<'a> Planner<'_, 'a> {
    /// The servers of the packages that have handlers which are, or were made, guarded.
    pub(super) fn servers(&mut self, flow: &Flow<'_, '_, 'a>, found: &[Handler<'a>]) {
        let guarded: BTreeSet<Option<u32>> = found
            .iter()
            .filter(|handler| handler.guard().is_some())
            .filter_map(|handler| self.module_of(handler.file))
            .chain(self.changed_modules())
            .map(|module| self.program.krate(module).package)
            .collect();
        let mut seen = BTreeSet::new();
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            let package = self.program.krate(id).package;
            if module.block || !guarded.contains(&package) || !seen.insert(module.file) {
                continue;
            }
            if self.program.is_test(id)
                || !self.program.sources.files[module.file as usize].selected
            {
                continue;
            }
            self.servers_of(id);
        }
        self.mains(flow, found, &guarded);
    }

    fn module_of(&self, file: u32) -> Option<ModuleId> {
        self.program.module_ids().find(|id| self.program.module(*id).file == file)
    }

    fn changed_modules(&self) -> Vec<ModuleId> {
        let handled = self.plan.changes.iter().filter(|change| change.handler.is_some());
        let files: BTreeSet<&std::path::Path> = handled.map(|change| &*change.file).collect();
        self.program
            .module_ids()
            .filter(|id| files.contains(self.path(self.program.module(*id).file)))
            .collect()
    }

    fn servers_of(&mut self, id: ModuleId) {
        let file = self.program.module(id).file;
        let Some(source) = self.source(file) else { return };
        let tree = &source.tree;
        let mut binds = Vec::new();
        for site in &tree.serves {
            if !self.is_served(id, site.function) {
                continue;
            }
            match self.serve(id, site, &source) {
                Ok(Some(bind)) if !binds.contains(&bind) => binds.push(bind),
                Ok(_) => {}
                Err(message) => self.plan.left.push(Left {
                    action: Action::Left,
                    reason: Reason::Server,
                    handler: None,
                    file: self.path(file).to_owned(),
                    line: site.place.line,
                    message,
                }),
            }
        }
    }

    pub(super) fn main_function(&mut self, id: ModuleId, site: &FnSite) {
        let Some(attr) = site.attrs.iter().find(|attr| attr.path == "tokio::main") else { return };
        let file = self.program.module(id).file;
        let compact: String = attr.arguments.chars().filter(|letter| *letter != ' ').collect();
        if !matches!(&*compact, "" | "flavor=\"multi_thread\"") {
            self.plan.left.push(Left {
                action: Action::Left,
                reason: Reason::Server,
                handler: None,
                file: self.path(file).to_owned(),
                line: site.place.line,
                message: format!(
                    "`#[tokio::main({})]` asks for a runtime that `#[oserver::main]` does not make: decide whether the runtime of `#[oserver::main]` fits (three workers for each core and two more; `TOKIO_WORKER_THREADS` sets another number)",
                    attr.arguments
                ),
            });
            return;
        }
        let krate = self.krate(id);
        let new = match self.renamed(id) {
            None => "#[oserver::main]".to_owned(),
            Some(name) => format!("#[{name}::main(crate = {name})]"),
        };
        let message = format!(
            "`main`: `#[{krate}::main]`, whose runtime detects a blocked thread and answers its request"
        );
        let change = Change::new(Action::Main, self.path(file), site.place.line, message)
            .edit(Edit::replace(attr.range.clone(), new))
            .extent(attr.range.clone())
            .extent(site.at..site.body.start);
        self.add(id, change, BTreeSet::new());
    }

    /// `Err`: the decision for a person.
    fn serve(
        &mut self,
        id: ModuleId,
        site: &ServeSite,
        source: &Source,
    ) -> Result<Option<std::ops::Range<usize>>, String> {
        let text = &source.text;
        let slice = |range: &std::ops::Range<usize>| text.get(range.clone()).unwrap_or_default();
        let listener = slice(&site.listener);
        let function = site.function.and_then(|place| source.tree.function(place));
        let last_let = |name: &str| source.tree.last_let(name, site.callee.start, function?);
        let inside = |bind: &&BindSite| site.listener.contains(&bind.callee.start);
        let bind = source.tree.binds.iter().find(inside);
        let bind = bind.or_else(|| source.tree.bind_of(last_let(listener)?));
        if bind.is_none() && !self.gets_listener(id, site) {
            return Err(format!(
                "`{listener}` is not known to be tokio's `TcpListener` or `UnixListener`: make it with `oserver::bind`, then `axum::serve` becomes `oserver::serve`"
            ));
        }
        let krate = self.krate(id);
        let file = self.program.module(id).file;
        let message = format!(
            "`axum::serve` became `{krate}::serve`: requests have a deadline of 30 s, and in-flight requests get time to finish after SIGTERM and SIGINT"
        );
        let mut change = Change::new(Action::Main, self.path(file), site.place.line, message)
            .edit(Edit::replace(site.callee.clone(), format!("{krate}::serve")))
            .extent(site.callee.start..site.app.end);
        if let Some(bind) = bind {
            change = change
                .edit(Edit::replace(bind.callee.clone(), format!("{krate}::bind")))
                .extent(bind.callee.start..bind.address.end);
            let written = slice(&bind.address).trim_start_matches('&');
            let made = last_let(written).and_then(|made| made.value.as_ref());
            let edit = address(bind, text);
            if let Some(edit) = edit.filter(|_| !made.is_some_and(|value| is_text(slice(value)))) {
                change = change.edit(edit);
            }
        } else {
            let from = format!("{krate}::BoundListener::from(");
            change = change
                .edit(Edit::insert(site.listener.start, from))
                .edit(Edit::insert(site.listener.end, ")"));
        }
        let mut features = BTreeSet::new();
        let named = last_let(slice(&site.app))
            .and_then(|made| Some((made, made.value.clone()?)))
            .filter(|(made, _)| {
                let rest = function.and_then(|function| text.get(made.at..function.body.end));
                rest.is_some_and(|rest| is_used_once(&made.name, rest))
            });
        for app in [Some(site.app.clone()), named.map(|(_, value)| value)].into_iter().flatten() {
            if let Some((router, connect_info)) = without_make_service(slice(&app)) {
                let rest = app.start + router.len()..app.end;
                change = change.edit(Edit::replace(rest.clone(), "")).extent(rest);
                features.extend(connect_info);
            } else if slice(&app).contains("into_make_service_with_connect_info") {
                return Err("`oserver::serve` gives handlers a `ConnectInfo<SocketAddr>`, and no other type: decide where handlers get the value".to_owned());
            }
        }
        if let Some(edit) = error_way(site, function, source) {
            change = change.edit(edit);
        }
        let range = bind.map(|bind| bind.callee.clone());
        self.add(id, change, features);
        Ok(range)
    }
}
