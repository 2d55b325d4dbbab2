//! Which fields of a value a method touches: of a static, only those count.

use crate::infer::Infer;
use crate::program::{Function, Resolved};
use crate::syntax::{Expr, Name};

/// The limit of nested method calls.
const DEEPEST: u32 = 6;

/// The fields on the way to the used part; none for the whole value.
pub(super) type Way = Vec<Name>;

/// Returns the root of `root.a.b`, and the way.
pub(super) fn chain(expr: &Expr) -> (&Expr, Way) {
    match expr {
        Expr::Field(inner, name) => {
            let (root, mut way) = chain(inner);
            way.push(*name);
            (root, way)
        }
        Expr::Same(inner) | Expr::Deref(inner) => chain(inner),
        // These methods lead to the contents of a cell or an `Arc`.
        Expr::Method(call)
            if matches!(
                &*call.name,
                "as_ref"
                    | "deref"
                    | "clone"
                    | "force"
                    | "get"
                    | "unwrap"
                    | "expect"
                    | "get_or_init"
                    | "load"
                    | "load_full"
            ) =>
        {
            chain(&call.receiver)
        }
        other => (other, Vec::new()),
    }
}

/// Returns the parts of `self` that a method touches.
pub(super) fn of_self<'a>(infer: &Infer<'_, 'a>, function: &Function<'a>, depth: u32) -> Vec<Way> {
    let mut found = Vec::new();
    match &function.def.body {
        Some(body) if depth < DEEPEST => {
            for stmt in &body.stmts {
                look(stmt, infer, function, depth, &mut found);
            }
        }
        _ => found.push(Vec::new()),
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn look<'a>(
    expr: &Expr,
    infer: &Infer<'_, 'a>,
    function: &Function<'a>,
    depth: u32,
    found: &mut Vec<Way>,
) {
    let is_self =
        |expr: &Expr| matches!(expr, Expr::Path(path, _) if path.single() == Some("self"));
    match expr {
        Expr::Method(call) if is_self(call.receiver.bare()) => {
            let itself = infer.program.scope_of(function).itself.unwrap_or(Resolved::Unknown);
            match infer.method_of(&itself, &call.name) {
                Some((callee, _)) => found.extend(of_self(infer, &callee, depth + 1)),
                None => found.push(Vec::new()),
            }
            call.args.iter().for_each(|arg| look(arg, infer, function, depth, found));
        }
        Expr::Field(..) => match chain(expr) {
            (root, way) if is_self(root) => found.push(way),
            (root, _) => look(root, infer, function, depth, found),
        },
        _ if is_self(expr) => found.push(Vec::new()),
        other => other.parts(&mut |part| look(part, infer, function, depth, found)),
    }
}
