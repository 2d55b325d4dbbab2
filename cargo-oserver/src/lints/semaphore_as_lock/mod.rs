//! A semaphore of one permit: a lock by another name.

mod channel_ends;
mod permit;
mod shared_place;
mod token;

use std::collections::HashSet;

use super::{Context, lock_in_actor};
use crate::findings::{Finding, Level, Lint};
use crate::flow::Code;
use crate::handlers::{State, Way};
use crate::infer::Locals;
use crate::program::Scope;
use crate::syntax::{Expr, Name, StaticDef};

pub(super) const LINT: Lint = Lint {
    name: "semaphore-as-lock",
    level: Level::Warn,
    summary: "requests share a semaphore of one permit, a token in a channel, or a file that they lock; or a request forgets a permit",
    page: include_str!("../pages/semaphore-as-lock.md"),
};

/// The limit of variables on the way to a semaphore.
const DEEPEST: u32 = 8;

const HELP: &str =
    "give the wait for the permit a deadline, or let an actor do the work that must not overlap";

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    token::check(context, findings);
    permit::check(context, findings);
    permit::held_places(context, findings);
    permit::all_permits(context, findings);
    statics(context, findings);
    let program = context.program;
    let packages: HashSet<Option<u32>> = context
        .functions()
        .filter(|function| {
            let ones = &program.module(function.module).items.ones;
            function.def.any(&|expr| is_of_one(expr, ones))
        })
        .map(|function| program.krate(function.module).package)
        .collect();
    commands(context, &packages, findings);
    for handler in context.handlers {
        let module = handler.code.function().module;
        let package = program.krate(module).package;
        let ones = &program.module(module).items.ones;
        let gated = |state: &&State| {
            !state.gates.is_empty() && !captures_more_than_one(&handler.code, &state.way, ones)
        };
        let Some(state) = handler.states.iter().find(gated) else { continue };
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

/// Returns `true` for a captured semaphore, or a permit of one, that the function around the code made, with more than one permit.
fn captures_more_than_one(code: &Code<'_>, way: &Way, ones: &[Name]) -> bool {
    let (Code::Closure(_, _, locals) | Code::Block(_, _, _, locals), Way::Capture(name)) =
        (code, way)
    else {
        return false;
    };
    let local = locals.get(name);
    let init = local.and_then(|local| local.init.or(local.part_of));
    init.is_some_and(|init| of_more_than_one(init, &locals.before(name), ones, DEEPEST))
}

fn of_more_than_one(expr: &Expr, locals: &Locals<'_>, ones: &[Name], deepest: u32) -> bool {
    let Some(deeper) = deepest.checked_sub(1) else { return false };
    if expr.any(&Expr::makes_semaphore) {
        return !expr.any(&|part| is_of_one(part, ones));
    }
    let mut found = false;
    expr.walk(&mut |part| {
        if let Expr::Path(path, _) = part
            && let Some(local) = path.single().and_then(|name| locals.get(name))
            && let Some(init) = local.init.or(local.part_of)
        {
            found |= of_more_than_one(init, &locals.before(&local.name), ones, deeper);
        }
        !found
    });
    found
}

/// Returns `true` for a new semaphore of one permit. `ones` are constants with the value 1.
fn is_of_one(expr: &Expr, ones: &[Name]) -> bool {
    expr.permits().is_some_and(|permits| is_one(permits, ones))
}

fn is_one(number: Name, ones: &[Name]) -> bool {
    &*number == "1" || ones.contains(&number)
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
        let items = &program.module(module).items;
        let of_one =
            |def: &&StaticDef| def.permits.is_some_and(|permits| is_one(permits, &items.ones));
        for def in items.statics.iter().filter(of_one).filter(|def| !def.test) {
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
