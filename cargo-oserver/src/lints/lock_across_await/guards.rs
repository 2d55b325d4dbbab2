//! Which expressions are guards of locks.

use crate::flow::{Code, function_item};
use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::Resolved;
use crate::syntax::{Expr, MethodCall, Place};

/// Methods that hand a guard on, out of a `Result`, an `Option` or an entry.
const PASSING: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_or_else",
    "map_err",
    "context",
    "with_context",
    "ok",
    "ok_or",
    "ok_or_else",
    "or_insert",
    "or_insert_with",
    "or_default",
    "or_try_insert_with",
    "and_modify",
    "insert_entry",
    "downgrade",
    "into_ref",
];

/// Methods of concurrent maps that keep a part of the map locked for as long as their result lives.
const OF_MAPS: &[&str] = &[
    "get",
    "get_mut",
    "entry",
    "iter",
    "iter_mut",
    "try_get",
    "try_get_mut",
    "try_entry",
    "get_async",
    "entry_async",
];

/// Returns `true` if the value of an expression is a guard.
pub(super) fn is_guard<'a>(expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> bool {
    match expr {
        Expr::Await(inner) if is_named_future(inner, infer, locals) => true,
        Expr::Await(inner) | Expr::Same(inner) => is_guard(inner, infer, locals),
        Expr::Method(call) => {
            locks(call, infer, locals)
                || (PASSING.contains(&&*call.name)
                    && (is_guard(&call.receiver, infer, locals)
                        || unknown_lock(&call.receiver, infer, locals)))
        }
        Expr::Call(callee, args, _) => {
            let Expr::Path(path, _) = &**callee else { return false };
            match function_item(path, infer) {
                Some(function) => {
                    let output = function.def.output.as_ref();
                    let scope = infer.program.scope_of(&function);
                    output.is_some_and(|ty| {
                        guard_type(infer, &infer.program.resolve_type(ty, &scope))
                    })
                }
                // `Some(guard)`, `Transaction(guard)`
                None if path.last().starts_with(|letter: char| letter.is_uppercase()) => {
                    args.iter().any(|arg| is_guard(arg, infer, locals))
                }
                // `MutexGuard::map(guard, …)`
                None => {
                    path.segments.len() > 1
                        && path
                            .segments
                            .iter()
                            .rev()
                            .skip(1)
                            .any(|segment| known::guard(&segment.name))
                        && matches!(path.last(), "map" | "try_map" | "downgrade" | "filter_map")
                        && !args.is_empty()
                }
            }
        }
        // A value that a guard is a part of lives as the guard does.
        Expr::Struct(_, fields) => fields.iter().any(|(_, value)| is_guard(value, infer, locals)),
        Expr::Tuple(parts) | Expr::Array(parts) => {
            parts.iter().any(|part| is_guard(part, infer, locals))
        }
        _ => false,
    }
}

/// Returns the calls in an expression that take locks.
pub(super) fn takes<'a>(expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> Vec<Place> {
    let mut found = Vec::new();
    expr.walk(&mut |part| {
        if let Expr::Method(call) = part
            && locks(call, infer, locals)
        {
            found.push(call.place);
        }
        !matches!(part, Expr::Closure(_))
    });
    found
}

/// Returns `true` if an expression is the future of a guard: `let locked = mutex.lock();` of an async lock, or the call of a
/// function of the sources that is async.
pub(super) fn is_future<'a>(expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> bool {
    let function = match expr {
        Expr::Call(callee, _, _) => match &**callee {
            Expr::Path(path, _) => function_item(path, infer),
            _ => None,
        },
        Expr::Method(call) => {
            let receiver = infer.expr(&call.receiver, locals);
            let own = infer.method_of(&receiver, &call.name).map(|(function, _)| function);
            if own.is_none() {
                let takes = matches!(
                    &*call.name,
                    "lock" | "read" | "write" | "lock_owned" | "read_owned" | "write_owned"
                );
                return takes && lock(&receiver).is_some_and(known::is_async_lock);
            }
            own
        }
        _ => None,
    };
    function.is_some_and(|function| Code::Function(function).is_async())
}

/// Returns `true` for the name of such a future.
pub(super) fn is_named_future<'a>(
    expr: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> bool {
    let Expr::Path(path, _) = expr.bare() else { return false };
    let Some(name) = path.single() else { return false };
    let Some(init) = locals.get(name).and_then(|local| local.init) else { return false };
    let before = locals.before(name);
    is_future(init, infer, &before) && is_guard(init, infer, &before)
}

/// Returns `true` for a call that gives a guard: of a lock, of a map, or of a type whose method returns one.
fn locks<'a>(call: &'a MethodCall, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> bool {
    let receiver = infer.expr(&call.receiver, locals);
    if let Some((function, owner)) = infer.method_of(&receiver, &call.name) {
        let mut scope = infer.program.scope_of(&function);
        scope.itself = Some(owner);
        let output = function.def.output.as_ref();
        return output.is_some_and(|ty| guard_type(infer, &infer.program.resolve_type(ty, &scope)));
    }
    match lock(&receiver) {
        Some(path) if of_map(path) => OF_MAPS.contains(&&*call.name),
        Some(_) => known::is_locking(&call.name) && call.args.is_empty(),
        // Nothing is known of it: `lock` has one meaning, `read` and `write` have many.
        None => receiver == Resolved::Unknown && &*call.name == "lock" && call.args.is_empty(),
    }
}

/// Returns `true` for `x.read().unwrap()` where nothing is known of `x`.
fn unknown_lock<'a>(expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> bool {
    let Expr::Method(call) = expr else { return false };
    matches!(&*call.name, "read" | "write")
        && call.args.is_empty()
        && infer.expr(&call.receiver, locals) == Resolved::Unknown
}

pub(super) fn guard_type(infer: &Infer<'_, '_>, ty: &Resolved) -> bool {
    match ty {
        Resolved::External(path, _) if known::guard(path) => true,
        Resolved::External(path, args) if path.ends_with("Option") || path.ends_with("Result") => {
            args.first().is_some_and(|inner| guard_type(infer, inner))
        }
        Resolved::All(parts) => parts.iter().any(|part| guard_type(infer, part)),
        Resolved::Traits(traits) => traits.iter().any(|of| {
            of.assoc.iter().any(|(name, ty)| &**name == "Output" && guard_type(infer, ty))
        }),
        // A type of the sources with a guard in one of its fields.
        Resolved::Own(id, args) => infer.program.type_def(*id).fields.iter().any(|field| {
            let ty = infer.program.field_type(*id, args, &field.ty);
            matches!(&ty, Resolved::External(path, _) if known::guard(path))
        }),
        _ => false,
    }
}

/// Returns the lock that a value is, or leads to as `Arc` does.
fn lock(ty: &Resolved) -> Option<&str> {
    match ty {
        Resolved::External(path, _) if known::kind(path) == known::Kind::Lock => Some(path),
        Resolved::External(path, args) if known::derefs(path) => lock(args.first()?),
        _ => None,
    }
}

fn of_map(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    name.contains("Map")
        || name.contains("Set")
        || name.contains("Cache")
        || name.contains("Collection")
}
