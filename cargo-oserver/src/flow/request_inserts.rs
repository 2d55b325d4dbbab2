//! Types that middleware puts into requests: `extensions_mut().insert(Session::new())`. A type that is only ever made
//! for one request is shared by no two.

use std::collections::HashMap;

use super::{Origin, Origins, Visit, request_state, visit, within};
use crate::infer::{Infer, Locals};
use crate::program::Resolved;
use crate::reach::Reach;
use crate::syntax::Expr;

/// Returns types that are put into requests, by where their values come from at worst.
pub(super) fn types(reach: &Reach<'_, '_>) -> HashMap<Resolved, Origin> {
    let program = reach.program();
    let mut look = Look { reach, found: HashMap::new() };
    let inserts = |expr: &Expr| matches!(expr, Expr::Method(call) if inserting(&call.name));
    for function in &program.functions {
        let Some(body) = &function.def.body else { continue };
        let skipped = program.is_test(function.module) || !program.may_serve(function.module);
        if !skipped && body.stmts.iter().any(|stmt| stmt.any(&inserts)) {
            visit(program, function, &mut look);
        }
    }
    look.found
}

/// Returns `true` if two types may be the same one, as far as both are known: the type of a literal is not, nor what `new(..)` is generic in.
pub(super) fn may_be_same(a: &Resolved, b: &Resolved) -> bool {
    let is_open = |ty: &Resolved| *ty == Resolved::Unknown || *ty == Resolved::unit();
    let all = |a: &[Resolved], b: &[Resolved]| {
        let same_number = a.len() == b.len() || a.is_empty() || b.is_empty();
        same_number && a.iter().zip(b).all(|(a, b)| may_be_same(a, b))
    };
    match (a, b) {
        _ if is_open(a) || is_open(b) => true,
        (Resolved::Own(a, x), Resolved::Own(b, y)) => a == b && all(x, y),
        (Resolved::External(a, x), Resolved::External(b, y)) => a == b && all(x, y),
        (Resolved::All(x), Resolved::All(y)) => all(x, y),
        _ => a == b,
    }
}

fn inserting(name: &str) -> bool {
    matches!(
        name,
        "insert"
            | "inject"
            | "set_data"
            | "set_ext"
            | "layer"
            | "app_data"
            | "data"
            | "with"
            | "manage"
            | "wrap"
    )
}

struct Look<'l, 'p, 'a> {
    reach: &'l Reach<'p, 'a>,
    found: HashMap<Resolved, Origin>,
}

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let Expr::Method(call) = expr else { return };
        if !inserting(&call.name) {
            return;
        }
        let Some(value) = call.args.last() else { return };
        let into_request = match &*call.name {
            "insert" => request_state::of_extensions(&call.receiver, locals),
            "inject" => {
                request_state::of_extensions(&call.receiver, locals)
                    || request_state::of_depot(&call.receiver, locals)
            }
            name => matches!(name, "set_data" | "set_ext"),
        };
        // `layer(Extension(app))`
        let carried = match value.bare() {
            Expr::Call(callee, args, _) if !into_request && args.len() == 1 => match &**callee {
                Expr::Path(path, _) if path.last() == "Extension" => Some(&args[0]),
                _ => None,
            },
            _ => None,
        };
        let mut ty = infer.expr(carried.unwrap_or(value), locals);
        if self.reach.locks(&ty).locks.is_empty() {
            return;
        }
        if !into_request
            && carried.is_none()
            && let [inner] = ty.args()
        {
            ty = inner.clone();
        }
        let origins = Origins { infer, reach: self.reach, made: None, connection: None, depth: 0 };
        let origin = if into_request { origins.of(value, locals) } else { Origin::Shared };
        // `?` and `unwrap` leave the type around the value.
        let worst = self.found.entry(within(&ty).clone()).or_insert(Origin::Fresh);
        *worst = (*worst).max(origin);
    }
}
