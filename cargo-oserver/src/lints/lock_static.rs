//! A static that is a lock, or leads to one.

use super::Context;
use crate::findings::{Finding, Level, Lint, LockRef};
use crate::flow::Facts;
use crate::handlers::{Handler, StaticLock, shared};
use crate::program::{Id, Scope};
use crate::reach::Step;
use crate::syntax::StaticKind;

pub(super) const LINT: Lint = Lint {
    name: "lock-static",
    level: Level::Deny,
    summary: "a static is a lock or leads to one",
    page: include_str!("pages/lock-static.md"),
};

pub(super) const HELP: &str = "a request that panics or hangs under this lock stops all others: let an actor own \
                               the value (`oserver::supervise`), or publish whole values (`ArcSwap`, `watch`)";

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    for module in program.module_ids() {
        if program.is_test(module) {
            continue;
        }
        for (def, index) in program.module(module).items.statics.iter().zip(0u32..) {
            if def.test {
                continue;
            }
            // The captures of a closure behind `dyn Fn` are parts of its value.
            let types = std::iter::once(&def.ty).chain(&def.made);
            let lock = types
                .map(|ty| context.reach.locks(&program.resolve_type(ty, &Scope::new(module))))
                .find_map(|reached| {
                    reached.locks.iter().find(|lock| shared(def.kind, &lock.name)).cloned()
                });
            let Some(lock) = lock else {
                findings.extend(of_unknown_type(context, Id { module, index }));
                continue;
            };
            let mut finding = context.finding(&LINT, module, def.place);
            finding.subject = def.name.to_string();
            finding.message = format!(
                "`static {}: {}` leads to a lock: `{}`",
                def.name,
                def.ty,
                lock.name.trim_start_matches('?')
            );
            finding.chain.clone_from(&lock.chain);
            finding.lock = Some(LockRef {
                key: lock_key(context, Id { module, index }),
                kind: lock.name.trim_start_matches('?').to_owned(),
                text: format!("static {}: {}", def.name, def.ty),
            });
            let id = Id { module, index };
            finding.others = others(context, id);
            match nearest(context, id) {
                Some((handler, reached)) => {
                    finding
                        .message
                        .push_str(&format!(", and the handler `{}` reaches it", handler.name));
                    finding.chain.clone_from(&reached.lock.chain);
                    let way = reached.way.iter().map(|index| context.step(*index));
                    let first = Step {
                        file: handler.file,
                        place: handler.place,
                        what: format!("fn {}", handler.name),
                    };
                    finding.chain.splice(0..0, std::iter::once(first).chain(way));
                }
                None => finding.level = Level::Warn,
            }
            finding.help = HELP.to_owned();
            findings.push(finding);
        }
    }
}

/// Reports a static that a handler reaches, if its type is from another crate, and neither the table nor the sources show the contents.
fn of_unknown_type(context: &Context<'_, '_>, id: Id) -> Option<Finding> {
    let def = context.program.static_def(id);
    // Each thread has its own value.
    if def.kind == StaticKind::ThreadLocal {
        return None;
    }
    let reached =
        context.reach.locks(&context.program.resolve_type(&def.ty, &Scope::new(id.module)));
    let is_foreign = |path: &str| path.contains("::") && !path.starts_with("std::");
    let unknown = reached.unresolved.iter().find(|part| is_foreign(&part.path))?;
    let names = |facts: &Facts| facts.statics.iter().any(|used| used.id == id);
    let (handler, step) = context.handlers.iter().find_map(|handler| {
        let steps = handler.trace.steps.iter().enumerate();
        let named = steps.filter(|(_, step)| step.sure).find(|(_, step)| names(&step.facts));
        named.map(|(step, _)| (handler, step))
    })?;
    let mut finding = context.finding(&LINT, id.module, def.place);
    finding.level = Level::Warn;
    finding.subject = def.name.to_string();
    finding.message = format!(
        "`static {}: {}`, which the handler `{}` reaches, leads to `{}`; the audit does not know whether that type contains a lock",
        def.name,
        def.ty,
        handler.name,
        unknown.path.trim_start_matches('?')
    );
    finding.chain = handler.trace.way(step).iter().map(|index| context.step(*index)).collect();
    finding.help =
        "read the type's sources; `// oserver: allow(lock-static) reason` accepts the static"
            .to_owned();
    Some(finding)
}

/// Returns the key of a static's lock, for whichever handler reaches it.
pub(super) fn lock_key(context: &Context<'_, '_>, id: Id) -> String {
    let package = context.package_of(context.program.module(id.module).file);
    format!("{package}::static {}", context.program.static_def(id).name)
}

/// Returns all handlers that reach a static, but the nearest.
fn others(context: &Context<'_, '_>, id: Id) -> Vec<Step> {
    let nearest = nearest(context, id).map(|(handler, _)| (handler.file, handler.place));
    let reaching = context.handlers.iter().filter(|handler| {
        handler.statics.iter().any(|reached| reached.id == id)
            && Some((handler.file, handler.place)) != nearest
    });
    let step = |handler: &Handler<'_>| Step {
        file: handler.file,
        place: handler.place,
        what: format!("fn {}", handler.name),
    };
    reaching.map(step).collect()
}

/// Returns the handler with the shortest way to a static.
fn nearest<'c, 'a>(context: &Context<'c, 'a>, id: Id) -> Option<(&'c Handler<'a>, &'c StaticLock)> {
    let ways = context.handlers.iter().flat_map(|handler| {
        handler
            .statics
            .iter()
            .filter(|reached| reached.id == id)
            .map(move |reached| (handler, reached))
    });
    ways.min_by_key(|(_, reached)| (!reached.sure, reached.way.len()))
}
