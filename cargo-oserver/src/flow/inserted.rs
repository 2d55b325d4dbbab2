//! Types that middleware puts into requests: `extensions_mut().insert(Session::new())`. A type that is only ever made
//! for one request is shared by no two.

use std::collections::HashMap;

use super::{Origin, Origins, Visit, gets, visit};
use crate::infer::{Infer, Locals};
use crate::program::Resolved;
use crate::reach::Reach;
use crate::syntax::Expr;

/// Types that are put into requests, by where their values come from at worst.
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

fn inserting(name: &str) -> bool {
    matches!(name, "insert" | "inject" | "layer" | "app_data" | "data" | "with" | "manage" | "wrap")
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
        let into_request = matches!(&*call.name, "insert" | "inject")
            && gets::of_extensions(&call.receiver, locals);
        let mut ty = infer.expr(value, locals);
        if self.reach.locks(&ty).locks.is_empty() {
            return;
        }
        // `layer(Extension(app))`
        if !into_request && let [inner] = ty.args() {
            ty = inner.clone();
        }
        let origins = Origins { infer, reach: self.reach, made: None, connection: None, depth: 0 };
        let origin = if into_request { origins.of(value, locals) } else { Origin::Shared };
        let worst = self.found.entry(ty).or_insert(Origin::Fresh);
        *worst = (*worst).max(origin);
    }
}
