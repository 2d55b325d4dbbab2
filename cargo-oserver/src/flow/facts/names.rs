//! Meaning of paths and types for the facts about a body.

use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::{Def, Found, Id, Resolved, Space};
use crate::syntax::TyPath;

pub(super) fn static_of(path: &TyPath, infer: &Infer<'_, '_>, locals: &Locals<'_>) -> Option<Id> {
    if path.single().is_some_and(|name| locals.get(name).is_some()) {
        return None;
    }
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    match infer.program.resolve(infer.scope.module, &names, path.global, Space::Value) {
        Found::Def(Def::Static(id)) => Some(id),
        _ => None,
    }
}

/// Returns `true` if diesel's own queries are in scope, and not those of `diesel_async`.
pub(super) fn uses_diesel(infer: &Infer<'_, '_>) -> bool {
    let found = infer.program.resolve(infer.scope.module, &["RunQueryDsl"], false, Space::Type);
    matches!(found, Found::External(path) if path.starts_with("diesel::"))
}

/// Returns the lock that a value of this type is, or leads to as `Arc` does.
pub(super) fn lock_path(ty: &Resolved) -> Option<String> {
    match ty {
        Resolved::External(path, _) if known::kind(path) == known::Kind::Lock => {
            Some(path.to_string())
        }
        Resolved::External(path, args) if known::derefs(path) => lock_path(args.first()?),
        _ => None,
    }
}

/// Returns the path of a pointer's target.
pub(super) fn pointee(ty: &Resolved) -> &str {
    match ty {
        Resolved::External(path, args) if known::derefs(path) && !args.is_empty() => {
            pointee(&args[0])
        }
        other => other.path(),
    }
}

/// Methods of a lock that do not take it.
pub(super) fn takes(name: &str) -> bool {
    !matches!(
        name,
        "clone"
            | "as_ref"
            | "into_inner"
            | "get_mut"
            | "is_poisoned"
            | "to_owned"
            | "downgrade"
            | "unwrap"
    )
}

/// Returns `true` for a pool that `#[database("…")]` makes: its `run` takes a closure to a thread that may block.
pub(super) fn is_pooled(infer: &Infer<'_, '_>, receiver: &Resolved) -> bool {
    let Resolved::Own(id, _) = receiver else { return false };
    let attributes = &infer.program.type_def(*id).attributes;
    attributes.others.iter().any(|(path, _)| path.last() == "database")
}
