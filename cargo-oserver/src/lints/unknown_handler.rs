//! A handler of which the audit does not know whether it reaches a lock.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::handlers::Verdict;

pub(super) const LINT: Lint = Lint {
    name: "unknown-handler",
    level: Level::Warn,
    summary: "the audit does not know whether a handler's state leads to a lock",
    page: include_str!("pages/unknown-handler.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for handler in context.handlers.iter().filter(|handler| handler.verdict() == Verdict::Unknown) {
        let Some(state) = handler.states.iter().find(|state| state.unknown) else { continue };
        let mut names: Vec<String> = state
            .unresolved
            .iter()
            .map(|of| {
                let name = of.path.trim_start_matches('?');
                of.why.as_ref().map_or(format!("`{name}`"), |why| format!("`{name}` ({why})"))
            })
            .collect();
        names.dedup();
        let mut finding = Finding::new(&LINT, Some(handler.file), handler.place);
        finding.subject.clone_from(&handler.name);
        finding.message = match names.as_slice() {
            [] => format!(
                "the audit could not follow the type of `{}` of `{}`",
                state.text, handler.name
            ),
            names => format!(
                "`{}` of `{}` leads to {}; the audit does not know whether that type contains a lock",
                state.text,
                handler.name,
                names.join(", ")
            ),
        };
        finding.help =
            "read the type's sources; `// oserver: allow(unknown-handler) reason` accepts the handler"
                .to_owned();
        findings.push(finding);
    }
}
