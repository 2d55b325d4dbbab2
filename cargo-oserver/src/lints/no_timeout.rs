//! `#[oserver::handler(timeout = "never")]`

use super::Context;
use super::lock_in_actor::is_actor;
use crate::findings::{Finding, Level, Lint};

pub(super) const LINT: Lint = Lint {
    name: "no-timeout",
    level: Level::Warn,
    summary: "the deadline of a handler or an actor is `never`",
    page: include_str!("pages/no-timeout.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    for module in program.module_ids().filter(|module| !program.is_test(*module)) {
        for of in program.module(module).items.impls.iter().filter(|of| is_actor(of)) {
            let others = of.attributes.others.iter();
            let mut arguments = others.map(|(_, arguments)| arguments.replace(' ', ""));
            if !arguments.any(|arguments| arguments.contains("timeout=\"never\"")) {
                continue;
            }
            let mut finding = context.finding(&LINT, module, of.place);
            finding.subject = of.for_type.to_string();
            finding.message = format!(
                "the commands of `{}` have no deadline: `timeout = \"never\"`",
                of.for_type
            );
            finding.help = "a command that waits for ever keeps all others waiting: write the longest time that a command may take"
                .to_owned();
            findings.push(finding);
        }
    }
    for handler in context.handlers {
        if handler.timeout().as_deref() != Some("never") {
            continue;
        }
        let mut finding = Finding::new(&LINT, Some(handler.file), handler.place);
        finding.subject.clone_from(&handler.name);
        finding.message = format!("`{}` has no deadline: `timeout = \"never\"`", handler.name);
        finding.help =
            "a deadline counts until the response's head, so a stream needs no exception: write \
                        the longest time that a client should wait"
                .to_owned();
        findings.push(finding);
    }
}
