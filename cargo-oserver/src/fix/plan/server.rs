//! `#[tokio::main]` and `axum::serve`: where flavour and arguments allow it, oserver's.

use std::collections::BTreeSet;

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
            if self.program.is_test(id) || !self.program.sources.files[module.file as usize].asked {
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
            if !self.is_served(id, site) {
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
                    "`#[tokio::main({})]` asks for a runtime that `#[oserver::main]` does not make: decide whether its own (three workers a core and two more, `TOKIO_WORKER_THREADS` sets another number) serves as well",
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
            "`main`: `#[{krate}::main]`, a runtime on which a blocked thread is found and its request answered"
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
        // The last one of that name before the call is the one that is meant.
        let before = |at: usize| at < site.callee.start;
        let lets = source.tree.lets.iter();
        let last =
            lets.filter(|(name, at)| name == listener && before(*at)).max_by_key(|(_, at)| *at);
        let bind = source.tree.binds.iter().find(|bind| {
            let inside = site.listener.contains(&bind.callee.start);
            inside || (last.is_some() && bind.variable.as_ref() == last)
        });
        let Some(bind) = bind else {
            return Err(format!(
                "`{listener}` is no `TcpListener` that is bound in this function: make it with `oserver::bind`, then `axum::serve` becomes `oserver::serve`"
            ));
        };
        let krate = self.krate(id);
        let file = self.program.module(id).file;
        let message = format!(
            "`axum::serve` became `{krate}::serve`: requests have a deadline of 30 s, and SIGTERM and SIGINT drain"
        );
        let mut change = Change::new(Action::Main, self.path(file), site.place.line, message)
            .edit(Edit::replace(site.callee.clone(), format!("{krate}::serve")))
            .edit(Edit::replace(bind.callee.clone(), format!("{krate}::bind")))
            .extent(site.callee.start..site.app.end)
            .extent(bind.callee.start..bind.address.end);
        if let Some(edit) = address(bind, text) {
            change = change.edit(edit);
        }
        let app = slice(&site.app);
        let mut features = BTreeSet::new();
        if let Some((router, connect_info)) = without_make_service(app) {
            change = change.edit(Edit::replace(site.app.start + router.len()..site.app.end, ""));
            features.extend(connect_info);
        }
        if let Some(edit) = error_way(site, source) {
            change = change.edit(edit);
        }
        let range = bind.callee.clone();
        self.add(id, change, features);
        Ok(Some(range))
    }
}

/// Returns the router of `router.into_make_service()`, and the feature that replaces its further effect.
fn without_make_service(app: &str) -> Option<(&str, Option<&'static str>)> {
    let compact: String = app.split_whitespace().collect();
    let end = compact.rsplit_once(".into_make_service").map(|(_, end)| end)?;
    let router = app.rsplit_once(".into_make_service")?.0.trim_end();
    let peer = end.strip_prefix("_with_connect_info::<").and_then(|end| end.strip_suffix(">()"));
    match peer {
        Some(peer) if peer.rsplit("::").next() == Some("SocketAddr") => {
            Some((router, Some("connect-info")))
        }
        _ => (end == "()").then_some((router, None)),
    }
}

/// Returns an address as text, which is what `bind` takes.
pub(super) fn address(bind: &BindSite, text: &str) -> Option<Edit> {
    let written = text.get(bind.address.clone())?;
    if written.starts_with('"') || written.starts_with("format!(") {
        return None;
    }
    if let Some(inner) = written.strip_prefix("&format!(") {
        return Some(Edit::replace(bind.address.clone(), format!("format!({inner}")));
    }
    if let Some(parts) = written.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let (host, port) = parts.split_once(',')?;
        let (host, port) = (host.trim(), port.trim().trim_end_matches(','));
        return Some(Edit::replace(
            bind.address.clone(),
            format!("format!(\"{{}}:{{}}\", {host}, {port})"),
        ));
    }
    let bare = written.trim_start_matches('&');
    let value = if takes_a_method(bare) { bare.to_owned() } else { format!("({bare})") };
    Some(Edit::replace(bind.address.clone(), format!("{value}.to_string()")))
}

/// Returns `true` if `.method()` behind an expression is about all of it.
fn takes_a_method(text: &str) -> bool {
    use syn::Expr;
    matches!(
        syn::parse_str::<Expr>(text),
        Ok(Expr::Path(_)
            | Expr::Field(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Macro(_)
            | Expr::Index(_)
            | Expr::Try(_)
            | Expr::Await(_)
            | Expr::Paren(_))
    )
}

/// `oserver::Error` is no `std::error::Error`: where `?` wants one, it becomes one.
fn error_way(site: &ServeSite, source: &Source) -> Option<Edit> {
    let text = &source.text;
    let rest = &text[site.app.end..];
    let end = rest.find(".await")?;
    let after = site.app.end + end + ".await".len();
    if !text[after..].trim_start().starts_with('?') {
        return None;
    }
    let function = source.tree.fns.iter().find(|function| Some(function.place) == site.function)?;
    let output = text.get(function.output.clone())?;
    let whole = text.get(function.body.clone())?;
    let way = way_of(output, whole, source)??;
    Some(Edit::insert(after, format!(".map_err({way})")))
}

/// Returns the conversion to the function's error type: `Some(None)` where `?` converts; `None` if it is unknown.
pub(super) fn way_of(output: &str, whole: &str, source: &Source) -> Option<Option<&'static str>> {
    let anyhow = source.tree.imports("Result", &["anyhow"]) || output.contains("anyhow");
    let eyre = source.tree.imports("Result", &["eyre", "color_eyre"]) || output.contains("eyre");
    if anyhow {
        Some(Some("anyhow::Error::msg"))
    } else if eyre {
        Some(Some("eyre::Report::msg"))
    } else if output.contains("oserver::Result") {
        Some(None)
    } else if output.contains("Box<dyn") || whole.contains("Box<dyn") {
        Some(Some("|error| error.to_string()"))
    } else if output.contains("io::Result") || output.contains("io::Error") {
        Some(Some("|error| std::io::Error::other(error.to_string())"))
    } else {
        None
    }
}
