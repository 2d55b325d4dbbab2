//! A loop that serves connections by hand, without anything that catches what goes wrong in them.

use super::Context;
use crate::findings::{Finding, Level, Lint};

pub(super) const LINT: Lint = Lint {
    name: "unguarded-accept-loop",
    level: Level::Deny,
    summary: "connections are served by hand, and nothing catches a panic or counts a failure",
    page: include_str!("pages/unguarded-accept-loop.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for (index, loops) in &context.servers.loops {
        let function = &context.program.functions[*index as usize];
        for found in loops.iter().filter(|found| found.unguarded) {
            let mut finding = context.finding(&LINT, function.module, found.place);
            finding.subject = function.def.name.to_string();
            finding.message = format!(
                "`{}` serves each connection by hand: a panic in one ends its task unseen, and the loop goes \
                 on accepting",
                function.def.name
            );
            finding.help =
                "`oserver::serve(listener, service)` serves any tower service or `axum::Router`, \
                            and records what goes wrong"
                    .to_owned();
            findings.push(finding);
        }
    }
}
