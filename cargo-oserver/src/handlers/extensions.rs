//! State that a handler gets out of its request: `req.extensions().get::<T>()`, `depot.obtain::<T>()`,
//! `req.app_data::<T>()`.

use super::{Code, Handler, Visit, Way, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Program, Resolved};
use crate::syntax::{Expr, MethodCall, Place};

pub(super) fn states<'a>(
    program: &Program<'a>,
    handler: &Handler<'a>,
) -> Vec<(Way, String, Resolved)> {
    let mut gets = Gets { program, found: Vec::new() };
    match &handler.code {
        Code::Function(function) => visit(program, function, &mut gets),
        Code::Closure(closure, function, locals) => {
            let infer = Infer::new(program, program.scope_of(function));
            super::captures::walk(&closure.body, &infer, &mut locals.clone(), &mut gets);
        }
    }
    let way = |(place, text, ty)| (Way::Extensions(place), text, ty);
    gets.found.into_iter().map(way).collect()
}

struct Gets<'p, 'a> {
    program: &'p Program<'a>,
    found: Vec<(Place, String, Resolved)>,
}

impl<'a> Visit<'a> for Gets<'_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, _: &Locals<'a>) {
        let Expr::Method(call) = expr else { return };
        let Some(ty) = call.turbofish.first() else { return };
        if gets(call) {
            let resolved = self.program.resolve_type(ty, &infer.scope);
            self.found.push((call.place, ty.to_string(), resolved));
        }
    }
}

fn gets(call: &MethodCall) -> bool {
    match &*call.name {
        "app_data" | "obtain" | "obtain_mut" | "data" | "state" | "local_cache" => true,
        "get" | "get_mut" | "remove" | "extract" => call.receiver.any(&|expr| {
            matches!(expr, Expr::Method(inner)
                if matches!(&*inner.name, "extensions" | "extensions_mut"))
                || matches!(expr, Expr::Field(_, name) if &**name == "extensions")
        }),
        _ => false,
    }
}
