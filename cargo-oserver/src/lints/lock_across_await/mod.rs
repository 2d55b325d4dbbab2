//! A lock's guard that a handler, or a function that it calls, holds across an `await`.

mod dropped;
mod guards;
mod held;

use std::collections::BTreeSet;

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::flow::Code;
use crate::handlers::Handler;
use crate::program::Program;
use crate::reach::Step;
use crate::syntax::Place;

pub(super) const LINT: Lint = Lint {
    name: "lock-across-await",
    level: Level::Deny,
    summary: "a handler holds a lock's guard across an await",
    page: include_str!("../pages/lock-across-await.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let mut seen: BTreeSet<u32> = BTreeSet::new();
    for handler in context.handlers {
        report(context, handler, 0, &handler.code, findings);
        for (index, step) in handler.trace.steps.iter().enumerate() {
            let Some(function) = step.function.filter(|_| step.sure) else { continue };
            let known = program.functions[function as usize];
            if known.def.is_async
                && !program.is_test(known.module)
                && !seen.contains(&function)
                && report(context, handler, index, &Code::Function(known), findings)
            {
                seen.insert(function);
            }
        }
    }
}

/// Returns `false` if a lock was left out that other handlers may share.
fn report<'a>(
    context: &Context<'_, 'a>,
    handler: &Handler<'a>,
    step: usize,
    code: &Code<'a>,
    findings: &mut Vec<Finding>,
) -> bool {
    let edition = edition(context.program, code);
    let way = handler.trace.way(step);
    let mut all = true;
    for held in held::places(context.program, code, edition) {
        if own(context, handler, step, &held) {
            all = false;
            continue;
        }
        let Held { place, what, .. } = held;
        let function = code.function();
        let mut finding = context.finding(&LINT, function.module, place);
        let name =
            if way.is_empty() { handler.name.clone() } else { function.def.name.to_string() };
        let through = if way.is_empty() {
            String::new()
        } else {
            format!(", which the handler `{}` calls,", handler.name)
        };
        finding.subject.clone_from(&name);
        finding.message = format!(
            "`{name}`{through} holds {what} across an await: every request that needs the lock waits until the await ends"
        );
        finding.help =
            "copy the value that you need and drop the guard before the await; or let an actor own the value \
             (`oserver::supervise`)"
                .to_owned();
        if !way.is_empty() {
            let first = Step {
                file: handler.file,
                place: handler.place,
                what: format!("fn {}", handler.name),
            };
            finding.chain = std::iter::once(first)
                .chain(way.iter().map(|index| context.step(*index)))
                .collect();
        }
        findings.push(finding);
    }
    all
}

/// A guard that is held across an await.
struct Held {
    place: Place,
    what: String,
    /// The calls that took its lock.
    taken: Vec<Place>,
}

/// Returns `true` if no other request can wait for the lock: it was made on the way from the handler, or from the connection's
/// task, to the code that holds it.
fn own<'a>(context: &Context<'_, 'a>, handler: &Handler<'a>, step: usize, held: &Held) -> bool {
    let acquires = &handler.trace.steps[step].facts.acquires;
    let mut taken =
        acquires.iter().filter(|acquire| held.taken.contains(&acquire.place)).peekable();
    let made = |acquire| context.flow.made_on_the_way(&handler.code, &handler.trace, step, acquire);
    taken.peek().is_some() && taken.all(made)
}

fn edition(program: &Program<'_>, code: &Code<'_>) -> u16 {
    let package = program.krate(code.function().module).package;
    package.map_or(2021, |index| program.sources.packages[index as usize].edition)
}
