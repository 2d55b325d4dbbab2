//! An accept loop without a guard: nothing catches a panic in its connections.

use super::Context;
use crate::findings::{Finding, Level, Lint};

pub(super) const LINT: Lint = Lint {
    name: "unguarded-accept-loop",
    level: Level::Deny,
    summary: "an accept loop serves connections without a guard: nothing catches a panic or counts a failure",
    page: include_str!("pages/unguarded-accept-loop.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for (index, loops) in &context.servers.loops {
        let function = &context.program.functions[*index as usize];
        for found in loops.iter().filter(|found| found.unguarded) {
            let mut finding = context.finding(&LINT, function.module, found.place);
            finding.subject = function.def.name.to_string();
            finding.message = format!(
                "`{}` serves each connection without a guard: a panic ends the task of its connection, and nothing \
                 records it",
                function.def.name
            );
            finding.help =
                "use `oserver::serve(listener, service)`: it takes any tower service or `axum::Router`, \
                            and records each fault"
                    .to_owned();
            findings.push(finding);
        }
    }
}
