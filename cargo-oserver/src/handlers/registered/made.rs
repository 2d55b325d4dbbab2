//! Closures that other closures and functions make.

use super::{Call, Look};
use crate::flow::{self, function_item};
use crate::infer::{Infer, Locals};
use crate::program::Function;
use crate::syntax::{Closure, Expr, Ty};

impl<'a> Look<'_, '_, 'a> {
    /// Returns the closure that is called, with what is bound around it: `make(state)(argument)`, and `let make = …; make(argument)`.
    pub(super) fn maker(
        &self,
        callee: &'a Expr,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) -> Option<(&'a Closure, Function<'a>, Locals<'a>)> {
        let made = match callee.bare() {
            Expr::Path(path, _) => {
                let local = locals.get(path.single()?)?;
                match local.init?.bare() {
                    Expr::Closure(closure) => {
                        return Some((closure, self.function, locals.before(&local.name)));
                    }
                    init => init,
                }
            }
            other => other,
        };
        let Expr::Call(callee, _, _) = made else { return None };
        let Expr::Path(path, _) = &**callee else { return None };
        let function = function_item(path, infer)?;
        let (closure, within) = self.closure_of(&function)?;
        Some((closure, function, within))
    }

    /// Registers the handler that a closure makes: the closure that it ends with.
    pub(super) fn made(
        &mut self,
        maker: &'a Closure,
        function: Function<'a>,
        around: &Locals<'a>,
        call: &Call<'_>,
    ) {
        let infer = Infer::new(self.program, self.program.scope_of(&function));
        let mut locals = around.clone();
        flow::arguments(maker, &infer, &mut locals);
        let last = match maker.body.bare() {
            Expr::Block(block) if block.tail => {
                let Some((last, before)) = block.stmts.split_last() else { return };
                before.iter().for_each(|stmt| infer.bind(stmt, &mut locals));
                last
            }
            other => other,
        };
        if let Expr::Closure(closure) = unboxed(last) {
            self.add_closure(closure, function, call, &locals);
        }
    }

    /// `service_fn(make_handler(registry))`: the closure that the function ends with.
    pub(super) fn returned_closure(&mut self, function: &Function<'a>, call: &Call<'_>) {
        if let Some((closure, locals)) = self.closure_of(function) {
            self.add_closure(closure, *function, call, &locals);
        }
    }

    fn closure_of(&self, function: &Function<'a>) -> Option<(&'a Closure, Locals<'a>)> {
        let returns = match &function.def.output {
            Some(Ty::Impl(bounds)) => bounds.iter().any(|bound| {
                bound.last().starts_with("Fn")
                    || matches!(bound.last(), "Handler" | "Service" | "Endpoint")
            }),
            Some(ty) => ty.to_string().contains("dyn Fn"),
            None => false,
        };
        let body = function.def.body.as_ref().filter(|body| returns && body.tail)?;
        let infer = Infer::new(self.program, self.program.scope_of(function));
        let mut locals = flow::parameters(&infer, function);
        let (last, before) = body.stmts.split_last()?;
        before.iter().for_each(|stmt| infer.bind(stmt, &mut locals));
        match unboxed(last) {
            Expr::Closure(closure) => Some((closure, locals)),
            _ => None,
        }
    }
}

/// Returns the expression without `Box::new(…)` around it.
fn unboxed(expr: &Expr) -> &Expr {
    let mut expr = expr.bare();
    while let Expr::Call(_, args, _) = expr
        && let [inner] = args.as_slice()
    {
        expr = inner.bare();
    }
    expr
}
