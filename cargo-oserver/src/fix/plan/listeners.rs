//! Listeners that `axum::serve` gets from elsewhere: from a parameter, a field or a call.

use super::Planner;
use crate::fix::tree::ServeSite;
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::{ModuleId, Resolved};
use crate::syntax::{Expr, Place};

impl Planner<'_, '_> {
    /// Returns `true` if a call of `axum::serve` gets a listener of tokio, as far as types show.
    pub(super) fn gets_listener(&self, id: ModuleId, site: &ServeSite) -> bool {
        let program = self.program;
        let Some(place) = site.function else { return false };
        let at = (program.module(id).file, place);
        let mut functions = program.functions.iter();
        let function =
            functions.find(|function| program.at(function.module, function.def.place) == at);
        let Some(function) = function else { return false };
        let mut look = Look { at: site.place, found: false };
        visit(program, function, &mut look);
        look.found
    }
}

struct Look {
    at: Place,
    found: bool,
}

impl<'a> Visit<'a> for Look {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if let Expr::Call(callee, args, _) = expr
            && let Expr::Path(_, place) = &**callee
            && *place == self.at
            && let Some(listener) = args.first()
        {
            self.found |= !is_changed(listener) && is_listener(&infer.expr(listener, locals));
        }
    }
}

/// Returns `true` if a method of axum makes another listener of it.
fn is_changed(listener: &Expr) -> bool {
    listener.any(&|part| {
        matches!(part, Expr::Method(call) if matches!(&*call.name, "tap_io" | "limit_connections"))
    })
}

/// The `?` or `unwrap` behind an expression does not show in its type.
fn is_listener(ty: &Resolved) -> bool {
    let Resolved::External(path, args) = ty else { return false };
    match path.rsplit("::").next() {
        Some("TcpListener" | "UnixListener") => path.starts_with("tokio::"),
        Some("Result" | "Option") => args.first().is_some_and(is_listener),
        _ => false,
    }
}
