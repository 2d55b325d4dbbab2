//! A semaphore of one permit: a lock by another name.

use std::collections::HashSet;

use super::{Context, token};
use crate::findings::{Finding, Level, Lint};
use crate::syntax::Expr;

pub(super) const LINT: Lint = Lint {
    name: "semaphore-as-lock",
    level: Level::Warn,
    summary: "requests share a semaphore of one permit, a token in a channel, or a file that they lock",
    page: include_str!("pages/semaphore-as-lock.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    token::check(context, findings);
    let program = context.program;
    let packages: HashSet<Option<u32>> = context
        .functions()
        .filter(|function| {
            let body = function.def.body.as_deref();
            body.is_some_and(|body| body.stmts.iter().any(|stmt| stmt.any(&is_of_one)))
        })
        .map(|function| program.krate(function.module).package)
        .collect();
    for handler in context.handlers {
        let package = program.krate(handler.code.function().module).package;
        let Some(state) = handler.states.iter().find(|state| !state.gates.is_empty()) else {
            continue;
        };
        if !packages.contains(&package) {
            continue;
        }
        let mut finding = Finding::new(&LINT, Some(handler.file), handler.place);
        finding.subject.clone_from(&handler.name);
        finding.chain.clone_from(&state.gates[0].chain);
        finding.message = format!(
            "`{}` shares a semaphore by `{}`, and one with a single permit is made in this package: a request that \
             keeps it stops all others",
            handler.name, state.text
        );
        finding.help =
            "give it a deadline, or let an actor do the work that must not overlap".to_owned();
        findings.push(finding);
    }
}

/// `Semaphore::new(1)`
fn is_of_one(expr: &Expr) -> bool {
    let Expr::Call(callee, args, _) = expr else { return false };
    let Expr::Path(path, _) = &**callee else { return false };
    matches!(path.last(), "new" | "const_new")
        && path.segments.iter().any(|segment| &*segment.name == "Semaphore")
        && matches!(args.first().map(Expr::bare), Some(Expr::Literal(number)) if &**number == "1")
}
