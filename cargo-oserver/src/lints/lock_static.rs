//! A static that is a lock, or leads to one.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::program::{Id, Scope};
use crate::syntax::StaticKind;

pub(super) const LINT: Lint = Lint {
    name: "lock-static",
    level: Level::Deny,
    summary: "a static is a lock or leads to one",
    page: include_str!("pages/lock-static.md"),
};

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
            let reached = context.reach.locks(&program.resolve_type(&def.ty, &Scope::new(module)));
            // What one thread has to itself is shared by no two requests that run at once.
            let cell = |name: &str| name.ends_with("Cell");
            let shared = |name: &str| def.kind == StaticKind::Static || !cell(name);
            let Some(lock) = reached.locks.iter().find(|lock| shared(&lock.name)) else { continue };
            let mut finding = context.finding(&LINT, module, def.place);
            finding.subject = def.name.to_string();
            finding.message = format!(
                "`static {}: {}` leads to a lock: `{}`",
                def.name,
                def.ty,
                lock.name.trim_start_matches('?')
            );
            finding.chain.clone_from(&lock.chain);
            match context.graph.way_to_static(Id { module, index }) {
                Some(way) => {
                    let first = &program.functions[way[0] as usize];
                    finding
                        .message
                        .push_str(&format!(", and the handler `{}` reaches it", first.def.name));
                    finding.chain.splice(0..0, way.iter().map(|index| context.step(*index)));
                }
                None => finding.level = Level::Warn,
            }
            finding.help = "requests that meet in it stop together: let an owner hold the value \
                            (`oserver::supervise`), or publish whole values (`ArcSwap`, `watch`)"
                .to_owned();
            findings.push(finding);
        }
    }
}
