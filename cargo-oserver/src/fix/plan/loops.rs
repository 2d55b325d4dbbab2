//! Accept loops of hyper: `oserver::serve` takes the place of those that only spawn and serve.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;

use super::error_way::way_of;
use super::serve_arguments::address;
use super::{Planner, Source};
use crate::fix::change::{Action, Change, Left, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::{LoopSite, Served, loops};
use crate::program::{Def, Found, ModuleId, Space};
use crate::syntax::{Place, Ty};

/// Edits with their files.
type Edits = Vec<(PathBuf, Edit)>;
/// An accept loop, by its file and place.
type Function = (u32, Place);

impl Planner<'_, '_> {
    /// Runs before the handlers: those of a removed loop take oserver's request.
    pub(super) fn accept_loops(&mut self) {
        let mut seen = BTreeSet::new();
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            let file = &self.program.sources.files[module.file as usize];
            if module.block || !file.selected || !file.server || self.program.is_test(id) {
                continue;
            }
            if !seen.insert(module.file) {
                continue;
            }
            let Some(source) = self.source(module.file) else { continue };
            if !source.text.contains("serve_connection") {
                continue;
            }
            for site in loops(&source.text) {
                if let Err(why) = self.accept_loop(id, &site, &source) {
                    self.plan.left.push(Left {
                        action: Action::Left,
                        reason: Reason::Server,
                        handler: None,
                        file: self.path(module.file).to_owned(),
                        line: site.place.line,
                        message: format!("this accept loop stays: {why}"),
                    });
                }
            }
        }
    }

    fn accept_loop(
        &mut self,
        id: ModuleId,
        site: &LoopSite,
        source: &Source,
    ) -> Result<(), String> {
        let text = &source.text;
        let function = source.tree.function(site.function).ok_or("a macro writes its function")?;
        let last = source.tree.last_let(&site.listener, site.whole.start, function);
        let bind = last.and_then(|last| source.tree.bind_of(last)).ok_or_else(|| {
            format!(
                "`{}` is not a `TcpListener` that this function binds: make it with `oserver::bind`, then `oserver::serve` can serve it",
                site.listener
            )
        })?;
        let output = text.get(function.output.clone()).unwrap_or_default();
        let whole = text.get(function.body.clone()).unwrap_or_default();
        let krate = self.krate(id);
        let file = self.path(self.program.module(id).file).to_owned();
        let (app, served) = match &site.service {
            Served::Function(path) => {
                let (edits, place) = self.hello(id, path)?;
                (path.clone(), Some((edits, place)))
            }
            Served::Service(name) => (name.clone(), None),
        };
        let end = match (output.is_empty(), site.last) {
            (true, _) => ".unwrap();".to_owned(),
            (false, last) => {
                let way = way_of(output, whole, source)
                    .ok_or("the function around it cannot return the server's error")?;
                let way = way.map_or(String::new(), |way| format!(".map_err({way})"));
                format!("{way}?;{}", if last { "\n    Ok(())" } else { "" })
            }
        };
        let serve = format!("{krate}::serve({}, {app}).await{end}", site.listener);
        let message = format!(
            "the accept loop became `{krate}::serve`: a panic ends only its own request, requests have a deadline of 30 s, and in-flight requests get time to finish after SIGTERM and SIGINT"
        );
        let mut range = site.whole.clone();
        if text[range.end..].starts_with(';') {
            range.end += 1;
        }
        let mut change = Change::new(Action::Main, &file, site.place.line, message)
            .edit(Edit::replace(range.clone(), serve))
            .edit(Edit::replace(bind.callee.clone(), format!("{krate}::bind")))
            .extent(range)
            .extent(bind.callee.start..bind.address.end);
        if let Some(edit) = address(bind, text) {
            change = change.edit(edit);
        }
        let place = served.map(|(edits, at)| {
            change
                .extents
                .extend(edits.iter().map(|(path, edit)| (path.clone(), edit.from..edit.to)));
            change.edits.extend(edits);
            at
        });
        self.gone.push((self.program.module(id).file, site.whole.clone()));
        let number = self.add(id, change, BTreeSet::new());
        if let Some(at) = place {
            self.served.insert(at, number);
        }
        Ok(())
    }

    /// Returns the function that `service_fn` has, and its request as oserver's.
    fn hello(&self, id: ModuleId, path: &str) -> Result<(Edits, Function), String> {
        let names: Vec<&str> = path.split("::").map(str::trim).collect();
        let found = self.program.resolve(id, &names, false, Space::Value);
        let Found::Def(Def::Fn(of)) = found else {
            return Err(format!("the function `{path}` was not found"));
        };
        let function = self.program.function(of);
        let (file, place) = self.program.at(function.module, function.def.place);
        let source = self.source(file).ok_or("the file of its handler does not parse")?;
        let site = source.tree.function(place).ok_or("a macro writes its handler")?;
        if !site.is_async || site.params.len() != 1 || self.called.caller(&function).is_some() {
            return Err(format!(
                "other code calls `{path}`, or it is not an `async fn` with a request as its only parameter"
            ));
        }
        let range: Option<Range<usize>> = site.params[0].ty.clone();
        let request = matches!(function.def.params.first().map(|param| &param.ty), Some(Ty::Path(ty)) if ty.last() == "Request");
        let range = range.filter(|_| request).ok_or(format!("`{path}` takes no `Request`"))?;
        let krate = self.krate(function.module);
        let edit = Edit::replace(range, format!("{krate}::Request"));
        Ok((vec![(self.path(file).to_owned(), edit)], (file, place)))
    }
}
