//! Files and folders that could not be read, and are therefore not audited.

use super::Context;
use crate::findings::{Finding, Level, Lint};

/// Public in the crate: a run that reads nothing else ends differently.
pub const LINT: Lint = Lint {
    name: "unreadable-file",
    level: Level::Warn,
    summary: "a file or folder could not be read, and is not audited",
    page: include_str!("pages/unreadable-file.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for problem in &context.program.sources.problems {
        let mut finding = Finding::new(&LINT, None, problem.place);
        finding.path = Some(problem.path.clone());
        // A server's own file has to be readable; a file that nothing declares may be meant not to compile.
        if belongs(context, &problem.path) {
            finding.level = Level::Deny;
        }
        finding.message = format!("not audited: {}", problem.message);
        finding.help =
            "all other files were audited; `exclude` in oserver.toml leaves this one out"
                .to_owned();
        findings.push(finding);
    }
}

/// Returns `true` if a file is a manifest, the root of a target, or declared by a `mod` line.
fn belongs(context: &Context<'_, '_>, path: &std::path::Path) -> bool {
    let program = context.program;
    let mut targets = program.sources.packages.iter().flat_map(|package| &package.targets);
    let manifest = path.file_name().is_some_and(|name| name == "Cargo.toml") && path.is_file();
    manifest || program.missing.contains(path) || targets.any(|target| target.path == path)
}
