//! What could not be read, and is therefore not audited.

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
        finding.message = format!("not audited: {}", problem.message);
        finding.help =
            "the rest was audited; `exclude` in oserver.toml leaves it out for good".to_owned();
        findings.push(finding);
    }
}
