//! Closures that only pass a request to a router: `service_fn(move |request| app.clone().call(request))`.

use super::Code;
use crate::syntax::{Closure, Expr};

/// Methods of tower's services that answer a request.
const CALLS: &[&str] = &["call", "oneshot"];

/// Returns `true` if it only gives its request to another service, whose handlers are found where that gets them.
pub(super) fn forwards(code: &Code<'_>) -> bool {
    let Code::Closure(closure, _, _) = code else { return false };
    only_calls(&closure.body, closure)
}

fn only_calls(body: &Expr, closure: &Closure) -> bool {
    match body.bare() {
        Expr::Await(inner) => only_calls(inner, closure),
        Expr::Async(block, _) if block.tail && block.stmts.len() == 1 => {
            only_calls(&block.stmts[0], closure)
        }
        Expr::Method(call) => {
            let [request] = call.args.as_slice() else { return false };
            CALLS.contains(&&*call.name) && cloned(&call.receiver) && is_request(request, closure)
        }
        _ => false,
    }
}

/// Returns `true` for a name, or a clone of its value.
fn cloned(expr: &Expr) -> bool {
    match expr.bare() {
        Expr::Path(path, _) => path.single().is_some(),
        Expr::Method(call) => &*call.name == "clone" && cloned(&call.receiver),
        Expr::Field(inner, _) => cloned(inner),
        _ => false,
    }
}

/// The closure's parameter.
fn is_request(expr: &Expr, closure: &Closure) -> bool {
    let Expr::Path(path, _) = expr.bare() else { return false };
    path.single().is_some_and(|name| {
        let bound = closure.args.iter().flat_map(|arg| &arg.pattern.bindings);
        bound.into_iter().any(|binding| &*binding.name == name)
    })
}
