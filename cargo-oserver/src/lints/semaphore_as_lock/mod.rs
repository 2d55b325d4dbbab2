//! A semaphore of one permit: a lock by another name.

mod permit;
mod shared_place;
mod token;

use std::collections::HashSet;

use super::{Context, lock_in_actor};
use crate::findings::{Finding, Level, Lint};
use crate::program::Scope;
use crate::syntax::Expr;

pub(super) const LINT: Lint = Lint {
    name: "semaphore-as-lock",
    level: Level::Warn,
    summary: "requests share a semaphore of one permit, a token in a channel, or a file that they lock; or a request forgets a permit",
    page: include_str!("../pages/semaphore-as-lock.md"),
};

const HELP: &str =
    "give the wait for the permit a deadline, or let an actor do the work that must not overlap";

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    token::check(context, findings);
    permit::check(context, findings);
    statics(context, findings);
    let program = context.program;
    let packages: HashSet<Option<u32>> = context
        .functions()
        .filter(|function| {
            let body = function.def.body.as_deref();
            body.is_some_and(|body| {
                body.stmts.iter().any(|stmt| stmt.any(&Expr::is_semaphore_of_one))
            })
        })
        .map(|function| program.krate(function.module).package)
        .collect();
    commands(context, &packages, findings);
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
            "`{}` shares a semaphore by `{}`, and this package makes a semaphore of one permit: a request that keeps \
             the permit stops all others",
            handler.name, state.text
        );
        finding.help = HELP.to_owned();
        findings.push(finding);
    }
}

/// Commands of actors that hand out a semaphore, or a permit of one.
fn commands(
    context: &Context<'_, '_>,
    packages: &HashSet<Option<u32>>,
    findings: &mut Vec<Finding>,
) {
    let program = context.program;
    for module in program.module_ids().filter(|module| !program.is_test(*module)) {
        if !packages.contains(&program.krate(module).package) {
            continue;
        }
        let impls = &program.module(module).items.impls;
        let defs = impls.iter().filter(|of| lock_in_actor::is_actor(of)).flat_map(|of| &of.fns);
        for def in defs {
            let Some(output) = &def.output else { continue };
            let ty = program.resolve_type(output, &Scope::new(module));
            let is_permit = output.to_string().contains("SemaphorePermit");
            if !is_permit && context.reach.locks(&ty).gates.is_empty() {
                continue;
            }
            let mut finding = context.finding(&LINT, module, def.place);
            finding.subject = def.name.to_string();
            finding.message = format!(
                "the command `{}` returns `{output}`, and this package makes a semaphore of one permit: a request that keeps the \
                 permit stops all others",
                def.name
            );
            finding.help = HELP.to_owned();
            findings.push(finding);
        }
    }
}

/// `static TURN: Semaphore = Semaphore::const_new(1);`
fn statics(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    for module in program.module_ids().filter(|module| !program.is_test(*module)) {
        let statics = &program.module(module).items.statics;
        for def in statics.iter().filter(|def| def.of_one_permit && !def.test) {
            let mut finding = context.finding(&LINT, module, def.place);
            finding.subject = def.name.to_string();
            finding.message = format!(
                "`static {}: {}` has one permit: a request that keeps the permit stops all others",
                def.name, def.ty
            );
            finding.help = HELP.to_owned();
            findings.push(finding);
        }
    }
}
