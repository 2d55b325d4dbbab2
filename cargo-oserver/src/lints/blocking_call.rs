//! A call that blocks its thread, reached from a handler that runs on a thread of the runtime.

use std::collections::BTreeMap;

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::handlers::Handler;
use crate::reach::Step;
use crate::syntax::Place;

pub(super) const LINT: Lint = Lint {
    name: "blocking-call",
    level: Level::Warn,
    summary: "an async handler reaches a call that blocks its thread",
    page: include_str!("pages/blocking-call.md"),
};

/// A blocking call, and the handlers that reach it with their ways.
struct Reached<'c, 'a> {
    what: String,
    by: Vec<(&'c Handler<'a>, Vec<u32>)>,
}

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    super::blocking_initializer::check(context, findings);
    for ((file, place), reached) in &calls(context) {
        let Some((handler, way)) = reached.by.iter().min_by_key(|(_, way)| way.len()) else {
            continue;
        };
        let mut finding = Finding::new(&LINT, Some(*file), *place);
        let what = reached.what.trim_start_matches('?');
        finding.subject = format!("{what} from {}", handler.name);
        finding.message = format!(
            "`{what}` blocks a thread of the runtime, and the async handler `{}` reaches it",
            handler.name
        );
        let first =
            Step { file: handler.file, place: handler.place, what: format!("fn {}", handler.name) };
        finding.chain =
            std::iter::once(first).chain(way.iter().map(|index| context.step(*index))).collect();
        finding.others = reached
            .by
            .iter()
            .filter(|(other, _)| (other.file, other.place) != (handler.file, handler.place))
            .map(|(other, _)| Step {
                file: other.file,
                place: other.place,
                what: format!("fn {}", other.name),
            })
            .collect();
        finding.help = "use an async call, or put the call into `tokio::task::spawn_blocking`: while it blocks, \
                        no other request runs on this thread"
            .to_owned();
        findings.push(finding);
    }
}

fn calls<'c, 'a>(context: &Context<'c, 'a>) -> BTreeMap<(u32, Place), Reached<'c, 'a>> {
    let program = context.program;
    let mut found: BTreeMap<(u32, Place), Reached<'c, 'a>> = BTreeMap::new();
    for handler in context.handlers.iter().filter(|handler| handler.code.is_async()) {
        for (index, step) in handler.trace.steps.iter().enumerate() {
            if step.offloaded || !step.sure {
                continue;
            }
            let file = step.function.map_or(handler.file, |function| {
                program.module(program.functions[function as usize].module).file
            });
            for blocking in &step.facts.blocking {
                let reached = found
                    .entry((file, blocking.place))
                    .or_insert_with(|| Reached { what: blocking.what.clone(), by: Vec::new() });
                reached.by.push((handler, handler.trace.way(index)));
            }
        }
    }
    found
}
