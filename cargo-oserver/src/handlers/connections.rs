//! Closures that serve the requests of one connection: what a function makes for the connection that it serves is shared by no other.

use super::{Code, Handler, Way};
use crate::flow::{Flow, Origin, Origins, captured};
use crate::infer::Infer;
use crate::syntax::{Closure, Expr, FnDef};

/// Returns captured values that belong to the connection.
pub(super) fn own<'a>(flow: &Flow<'_, '_, 'a>, handler: &Handler<'a>) -> Vec<Way> {
    let Code::Closure(closure, function, locals) = &handler.code else { return Vec::new() };
    let program = flow.program();
    let serves = program.index_of(function).is_some_and(|index| flow.facts(index).serves);
    if !serves || is_repeated(function.def, closure) {
        return Vec::new();
    }
    let infer = Infer::new(program, program.scope_of(function));
    let origins =
        Origins { infer: &infer, reach: flow.reach, made: Some(flow), connection: None, depth: 0 };
    let names = captured(closure, locals).into_iter().map(|(name, _)| name);
    let is_made = |name: &crate::syntax::Name| {
        let init = locals.get(name).and_then(|local| local.init);
        init.is_some_and(|init| origins.of(init, &locals.before(name)) == Origin::Fresh)
    };
    names.filter(is_made).map(Way::Capture).collect()
}

/// Returns `true` if the function may serve several connections: the closure is in a loop, or in another closure.
fn is_repeated(def: &FnDef, closure: &Closure) -> bool {
    let is_it = |part: &Expr| matches!(part, Expr::Closure(known) if known.place == closure.place);
    def.any(&|expr| match expr {
        Expr::Loop(..) | Expr::For(..) => expr.any(&is_it),
        Expr::Closure(around) => around.place != closure.place && expr.any(&is_it),
        _ => false,
    })
}
