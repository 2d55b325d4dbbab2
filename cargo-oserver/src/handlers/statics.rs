//! Statics that a handler reaches and whose touched part leads to a lock.

use super::Handler;
use crate::flow::{Facts, Flow};
use crate::infer::Infer;
use crate::program::{Id, Program, Resolved, Scope};
use crate::reach::Lock;
use crate::syntax::{Name, StaticKind};

/// A static, and how a handler gets to it.
#[derive(Clone, Debug)]
pub struct StaticLock {
    pub id: Id,
    pub lock: Lock,
    /// Functions from the handler's code on, into those of the program.
    pub way: Vec<u32>,
    /// `true` if types prove each call on the path.
    pub sure: bool,
}

pub(super) fn find<'a>(handler: &Handler<'a>, flow: &Flow<'_, '_, 'a>) -> Vec<StaticLock> {
    let mut found: Vec<StaticLock> = Vec::new();
    for (index, step) in handler.trace.steps.iter().enumerate() {
        for (id, lock) in locks(flow, &step.facts) {
            match found.iter_mut().find(|known| known.id == id) {
                Some(known) => known.sure |= step.sure,
                None => found.push(StaticLock {
                    id,
                    lock,
                    way: handler.trace.way(index),
                    sure: step.sure,
                }),
            }
        }
    }
    found
}

fn locks(flow: &Flow<'_, '_, '_>, facts: &Facts) -> Vec<(Id, Lock)> {
    let program = flow.program();
    let mut found = Vec::new();
    for used in &facts.statics {
        let ty = part(program, used.id, &used.way);
        let reached = flow.reach.locks(&ty);
        let kind = program.static_def(used.id).kind;
        if let Some(lock) = reached.locks.iter().find(|lock| shared(kind, &lock.name)) {
            found.push((used.id, lock.clone()));
        }
    }
    found
}

/// Returns the types of the statics that a handler's own code names, each with the type of the part that it uses.
#[must_use]
pub fn named(program: &Program<'_>, handler: &Handler<'_>) -> Vec<(Resolved, Resolved)> {
    let own = handler.trace.steps.first();
    let used = own.into_iter().flat_map(|step| &step.facts.statics);
    used.map(|used| (part(program, used.id, &[]), part(program, used.id, &used.way))).collect()
}

/// Returns the type of a static's field.
fn part(program: &Program<'_>, id: Id, way: &[Name]) -> Resolved {
    let scope = Scope::new(id.module);
    let whole = program.resolve_type(&program.static_def(id).ty, &scope);
    let infer = Infer::new(program, scope);
    let mut ty = whole.clone();
    for name in way {
        ty = infer.field(&ty, name);
    }
    if ty == Resolved::Unknown { whole } else { ty }
}

/// Returns `true` if requests that run at once can share a static: a thread-local cell is not shared.
#[must_use]
pub fn shared(kind: StaticKind, lock: &str) -> bool {
    kind != StaticKind::ThreadLocal || !lock.ends_with("Cell")
}
