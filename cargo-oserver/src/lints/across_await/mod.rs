//! A lock's guard that a handler, or a function that it calls, holds across an `await`.

mod dropped;
mod guards;
mod held;

use std::collections::BTreeMap;

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
    let mut seen: BTreeMap<u32, ()> = BTreeMap::new();
    for handler in context.handlers {
        report(context, handler, &handler.code, &[], findings);
        for (index, step) in handler.trace.steps.iter().enumerate() {
            let Some(function) = step.function.filter(|_| step.sure) else { continue };
            let known = program.functions[function as usize];
            if seen.insert(function, ()).is_none()
                && known.def.is_async
                && !program.is_test(known.module)
            {
                let way = handler.trace.way(index);
                report(context, handler, &Code::Function(known), &way, findings);
            }
        }
    }
}

fn report<'a>(
    context: &Context<'_, 'a>,
    handler: &Handler<'a>,
    code: &Code<'a>,
    way: &[u32],
    findings: &mut Vec<Finding>,
) {
    let edition = edition(context.program, code);
    for (place, what) in held::places(context.program, code, edition) {
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
            "`{name}`{through} holds {what} across an await: while it waits, so does every request that needs the lock"
        );
        finding.help =
            "take what is needed out of the guard and drop it before the await; or ask an actor for the value \
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
}

type Places = Vec<(Place, String)>;

fn edition(program: &Program<'_>, code: &Code<'_>) -> u16 {
    let package = program.krate(code.function().module).package;
    package.map_or(2021, |index| program.sources.packages[index as usize].edition)
}
