//! Code that bypasses the attribute and that the compiler accepts: hidden items of oserver used by hand, or another crate in its place.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::program::Space;
use crate::syntax::{Attributes, Place, TyPath};

pub(super) const LINT: Lint = Lint {
    name: "guard-bypassed",
    level: Level::Deny,
    summary: "code implements or imports by hand what only oserver's macros may",
    page: include_str!("pages/guard-bypassed.md"),
};

/// Traits that only macros implement.
const TRAITS: &[&str] = &[
    "HandlerState",
    "HandlerParam",
    "GuardedOutput",
    "GuardedHandler",
    "NotALock",
    "OnlyTheDerive",
];
const CRATES: &[&str] = &["oserver", "oserver_runtime", "oserver_state"];
/// Attributes that take `crate = path`.
const ATTRIBUTES: &[&str] = &["handler", "handler_state", "actor", "main"];

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    for module in program.module_ids().filter(|module| !program.is_test(*module)) {
        if CRATES.contains(&&*program.package_name(module)) {
            continue;
        }
        let items = program.module(module).items;
        let mut add = |place: Place, subject: String, message: String| {
            let mut finding = context.finding(&LINT, module, place);
            finding.subject = subject;
            finding.message = message;
            finding.help =
                "derive the trait, or write `#[handler_state(trusted = \"reason\")]` on a field, which the audit lists"
                    .to_owned();
            findings.push(finding);
        };
        for of in items.impls.iter().filter(|of| !of.test) {
            let Some(path) = of.of.as_ref().filter(|path| TRAITS.contains(&path.last())) else {
                continue;
            };
            if of_oserver(context, module, path) {
                let message = format!(
                    "`{}` is implemented by hand for `{}`, so its fields are not checked for locks",
                    path.last(),
                    of.for_type
                );
                add(of.place, format!("{} for {}", path.last(), of.for_type), message);
            }
        }
        let types = items.types.iter().map(|def| (&def.attributes, def.place, &*def.name));
        let fns = items.fns.iter().chain(items.impls.iter().flat_map(|of| &of.fns));
        let fns = fns.map(|def| (&def.attributes, def.place, &*def.name));
        for (attributes, place, name) in types.chain(fns) {
            if let Some(other) = other_crate(attributes) {
                let message = format!(
                    "`{name}` has `crate = {other}`, which is not oserver, so nothing is checked for locks"
                );
                add(place, name.to_owned(), message);
            }
        }
        for import in &items.imports {
            let hidden = import.path.iter().any(|part| &**part == "__private")
                && import.path.first().is_some_and(|first| CRATES.contains(&&**first));
            if hidden {
                let name = import.path.last().map_or("", |last| &**last);
                let message = format!("`{name}` is imported from oserver's private module");
                add(Place { line: 1, column: 1 }, name.to_owned(), message);
            }
        }
    }
}

fn of_oserver(context: &Context<'_, '_>, module: crate::program::ModuleId, path: &TyPath) -> bool {
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    let found = context.program.resolve(module, &names, path.global, Space::Type);
    found.external_of(context.program, CRATES)
}

/// Returns the path in `crate = path`, unless it is oserver's.
fn other_crate(attributes: &Attributes) -> Option<String> {
    let (_, arguments) =
        attributes.others.iter().find(|(path, _)| ATTRIBUTES.contains(&path.last()))?;
    let (_, rest) = arguments.split_once("crate")?;
    let path = rest.trim_start().strip_prefix('=')?.split(',').next()?;
    let path: String =
        path.chars().filter(|letter| !letter.is_whitespace() && *letter != '"').collect();
    let plain = path.trim_start_matches("::");
    (!CRATES.contains(&plain)).then(|| plain.to_owned())
}
