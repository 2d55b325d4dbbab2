//! Functions that only closures of routers call: such a closure becomes the guarded function.

use std::collections::HashSet;

use super::is_ours;
use crate::flow::function_item;
use crate::handlers::{Code, Framework, Handler};
use crate::infer::Infer;
use crate::program::Program;
use crate::syntax::{Expr, FnDef};

/// Returns the functions that the closures of axum's routers call.
pub(super) fn within_closures<'a>(
    program: &Program<'a>,
    found: &[Handler<'a>],
) -> HashSet<*const FnDef> {
    let mut within = HashSet::new();
    for handler in found.iter().filter(|handler| is_ours(handler.framework)) {
        let Code::Closure(closure, function, _) = &handler.code else { continue };
        if matches!(handler.framework, Framework::Hyper | Framework::Tower) {
            continue;
        }
        let infer = Infer::new(program, program.scope_of(function));
        closure.body.walk(&mut |expr| {
            if let Expr::Call(callee, _, _) = expr
                && let Expr::Path(path, _) = &**callee
                && let Some(called) = function_item(path, &infer)
            {
                within.insert(std::ptr::from_ref(called.def));
            }
            true
        });
    }
    within
}
