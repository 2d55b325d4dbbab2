//! Servers and routes whose handlers could not be found.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::handlers::NotRead;
use crate::known;
use crate::program::{Found, Owner, Space};
use crate::syntax::{Expr, Place, Unread};

pub(super) const LINT: Lint = Lint {
    name: "unread-server",
    level: Level::Warn,
    summary: "a server or a route whose handlers the audit could not find",
    page: include_str!("pages/unread-server.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for route in &context.servers.not_read {
        let mut finding = Finding::new(&LINT, Some(route.file), route.place);
        finding.subject.clone_from(&route.what);
        finding.message = format!("the audit could not follow {} to a handler", route.what);
        finding.help =
            "name a function or write the closure there, so that the audit can read its state"
                .to_owned();
        findings.push(finding);
    }
    for include in includes(context) {
        let mut finding = Finding::new(&LINT, Some(include.file), include.place);
        finding.message = format!("`{}` includes code that the audit does not read", include.what);
        finding.help =
            "a build script writes this code: look for handlers and locks in it by hand".to_owned();
        finding.subject = include.what;
        findings.push(finding);
    }
    for (manifest, name) in frameworks(context) {
        let mut finding = Finding::new(&LINT, None, Place { line: 1, column: 1 });
        finding.subject = name.to_owned();
        finding.message =
            format!("the package depends on `{name}`, whose handlers the audit does not read");
        finding.help = "look for shared locks in its handlers by hand".to_owned();
        finding.path = Some(manifest);
        findings.push(finding);
    }
    if context.handlers.is_empty() {
        for server in servers(context) {
            let mut finding = Finding::new(&LINT, Some(server.file), server.place);
            finding.message =
                format!("a server starts here (`{}`), and no handler was found", server.what);
            finding.help =
                "audit the package that contains the handlers, too; if it was audited, please report this server"
                    .to_owned();
            finding.subject = server.what;
            findings.push(finding);
        }
    }
}

/// Servers that packages depend on and that are not read, with the manifests.
pub(super) fn frameworks(context: &Context<'_, '_>) -> Vec<(std::path::PathBuf, &'static str)> {
    let sources = context.program.sources;
    let selected = |root: &std::path::Path| {
        sources.files.iter().any(|file| file.selected && file.path.starts_with(root))
    };
    let mut found = Vec::new();
    for package in &sources.packages {
        let names: Vec<&str> = package
            .dependencies
            .iter()
            .filter_map(|dependency| known::unread_server(&dependency.name))
            .collect();
        if !names.is_empty() && selected(&package.root) {
            found.extend(names.into_iter().map(|name| (package.root.join("Cargo.toml"), name)));
        }
    }
    found
}

/// Returns `include!` calls of files that build scripts write, in packages that may serve.
pub(super) fn includes(context: &Context<'_, '_>) -> Vec<NotRead> {
    let program = context.program;
    let serving = program.module_ids().filter(|id| !program.is_test(*id) && program.may_serve(*id));
    let unread = |id| {
        let module = program.module(id);
        let of = move |unread: &Unread| NotRead {
            file: module.file,
            place: unread.place,
            what: unread.what.to_string(),
        };
        module.items.unread.iter().map(of)
    };
    serving.flat_map(unread).collect()
}

/// Calls that start a server.
pub(super) fn servers(context: &Context<'_, '_>) -> Vec<NotRead> {
    let program = context.program;
    let mut found = Vec::new();
    for function in context.functions() {
        let Some(body) = &function.def.body else { continue };
        if matches!(function.owner, Owner::Trait(_)) {
            continue;
        }
        let module = program.body_module(function);
        for stmt in &body.stmts {
            stmt.walk(&mut |expr| {
                if let Expr::Call(callee, _, place) = expr
                    && let Expr::Path(path, _) = &**callee
                    && known::may_start(path.last())
                {
                    let names: Vec<&str> =
                        path.segments.iter().map(|segment| &*segment.name).collect();
                    let resolved = program.resolve(module, &names, path.global, Space::Value);
                    if let Found::External(what) = resolved
                        && known::starts_server(&what)
                    {
                        let file = program.module(function.module).file;
                        found.push(NotRead { file, place: *place, what });
                    }
                }
                true
            });
        }
    }
    found
}
