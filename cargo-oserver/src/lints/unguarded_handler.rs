//! A handler without `#[oserver::handler]`.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::handlers::{Framework, Role};

pub(super) const LINT: Lint = Lint {
    name: "unguarded-handler",
    level: Level::Warn,
    summary: "a handler has no panic guard, no deadline and no check of its state",
    page: include_str!("pages/unguarded-handler.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for handler in context.handlers {
        let fits = matches!(
            handler.framework,
            Framework::Axum | Framework::Oserver | Framework::Hyper | Framework::Tower
        );
        let none = handler.role == Role::Service || handler.errors || handler.forwards();
        if !fits || none || handler.guard().is_some() {
            continue;
        }
        let mut finding = Finding::new(&LINT, Some(handler.file), handler.place);
        finding.subject.clone_from(&handler.name);
        finding.message = format!(
            "`{}` is a handler without `#[oserver::handler]`: no guard, no deadline, no check of its state",
            handler.name
        );
        finding.help = match handler.role {
            Role::Closure => "a closure cannot have an attribute: write a function",
            _ => "put `#[oserver::handler]` on it; `cargo oserver fix` does so where that is safe",
        }
        .to_owned();
        findings.push(finding);
    }
}
