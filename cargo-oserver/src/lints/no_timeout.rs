//! `#[oserver::handler(timeout = "never")]`

use super::Context;
use crate::findings::{Finding, Level, Lint};

pub(super) const LINT: Lint = Lint {
    name: "no-timeout",
    level: Level::Warn,
    summary: "a handler's deadline is `never`",
    page: include_str!("pages/no-timeout.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
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
