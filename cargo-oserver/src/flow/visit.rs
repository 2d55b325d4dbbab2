//! Goes through a body with the names that are bound at each place.

use std::collections::HashSet;

use crate::infer::{Infer, Locals};
use crate::program::{Function, Program, Resolved};
use crate::syntax::{Branch, Closure, Expr, Name, Pattern};

/// Visits expressions together with the names that are bound there.
pub trait Visit<'a> {
    /// Visits an expression before its parts, but after the receiver of a method call.
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>);

    /// Visits an expression before all of its parts.
    fn enter(&mut self, _expr: &'a Expr, _infer: &Infer<'_, 'a>, _locals: &Locals<'a>) {}

    /// Visits an expression after its parts.
    fn leave(&mut self, _expr: &'a Expr) {}
}

/// Goes through a function's body.
pub fn visit<'a>(program: &Program<'a>, function: &Function<'a>, visitor: &mut dyn Visit<'a>) {
    let Some(body) = &function.def.body else { return };
    let infer = Infer::new(program, program.scope_of(function));
    let mut locals = parameters(&infer, function);
    for stmt in &body.stmts {
        walk(stmt, &infer, &mut locals, visitor);
    }
}

/// Returns the names that a function's parameters bind.
#[must_use]
pub fn parameters<'a>(infer: &Infer<'_, 'a>, function: &Function<'a>) -> Locals<'a> {
    let mut locals = Locals::default();
    for param in &function.def.params {
        let ty = infer.program.resolve_type(&param.ty, &infer.scope);
        infer.pattern(&param.pattern, &ty, None, &mut locals);
    }
    locals
}

/// The names that a closure's parameters bind.
pub fn arguments<'a>(closure: &'a Closure, infer: &Infer<'_, 'a>, locals: &mut Locals<'a>) {
    for arg in &closure.args {
        let ty = arg
            .ty
            .as_ref()
            .map_or(Resolved::Unknown, |ty| infer.program.resolve_type(ty, &infer.scope));
        infer.pattern(&arg.pattern, &ty, None, locals);
    }
}

pub fn walk<'a>(
    expr: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &mut Locals<'a>,
    visitor: &mut dyn Visit<'a>,
) {
    let length = locals.len();
    visitor.enter(expr, infer, locals);
    // Calls of a chain are seen as they are written.
    if let Expr::Method(call) = expr {
        walk(&call.receiver, infer, locals, visitor);
    }
    visitor.expr(expr, infer, locals);
    match expr {
        Expr::Let(binding) => {
            for part in binding.init.iter().chain(binding.otherwise.as_deref()) {
                walk(part, infer, locals, visitor);
            }
            locals.truncate(length);
            infer.bind(expr, locals);
            visitor.leave(expr);
            return;
        }
        Expr::Closure(closure) => {
            arguments(closure, infer, locals);
            walk(&closure.body, infer, locals, visitor);
        }
        Expr::Call(callee, args, _) => {
            walk(callee, infer, locals, visitor);
            args.iter().for_each(|arg| walk(arg, infer, locals, visitor));
        }
        Expr::Method(call) => {
            call.args.iter().for_each(|arg| walk(arg, infer, locals, visitor));
        }
        Expr::Struct(_, fields) => {
            fields.iter().for_each(|(_, value)| walk(value, infer, locals, visitor));
        }
        Expr::Field(inner, _)
        | Expr::Await(inner)
        | Expr::Same(inner)
        | Expr::Deref(inner)
        | Expr::Cast(inner, _) => walk(inner, infer, locals, visitor),
        Expr::Block(block) | Expr::Async(block, _) => {
            block.stmts.iter().for_each(|stmt| walk(stmt, infer, locals, visitor));
        }
        Expr::Assign(left, right) => {
            walk(left, infer, locals, visitor);
            walk(right, infer, locals, visitor);
        }
        Expr::Branches(branch, subject, arms) => {
            subject.iter().for_each(|part| walk(part, infer, locals, visitor));
            let value = subject.first().filter(|_| *branch == Branch::Match);
            let of = value.map(|value| (value, infer.expr(value, locals)));
            let bound = locals.len();
            for arm in arms {
                match (&of, arm) {
                    (Some((value, ty)), Expr::Block(block)) => {
                        infer.bind_arm(value, ty, arm, locals);
                        let body = block.stmts.iter().skip(1);
                        body.for_each(|stmt| walk(stmt, infer, locals, visitor));
                    }
                    _ => walk(arm, infer, locals, visitor),
                }
                locals.truncate(bound);
            }
        }
        Expr::For(pattern, parts, _) => {
            let mut parts = parts.iter();
            if let Some(over) = parts.next() {
                walk(over, infer, locals, visitor);
                let item = infer.field(&infer.expr(over, locals), "[]");
                infer.pattern(pattern, &item, None, locals);
            }
            parts.for_each(|part| walk(part, infer, locals, visitor));
        }
        Expr::Macro(_, parts, _)
        | Expr::Loop(parts, _)
        | Expr::Return(parts)
        | Expr::Tuple(parts)
        | Expr::Array(parts)
        | Expr::Other(parts) => parts.iter().for_each(|part| walk(part, infer, locals, visitor)),
        Expr::Path(..) | Expr::Literal(_) => {}
    }
    visitor.leave(expr);
    locals.truncate(length);
}

/// Returns names of `outer` that a closure uses.
#[must_use]
pub fn captured<'a>(closure: &Closure, outer: &Locals<'a>) -> Vec<(Name, Resolved)> {
    let args = closure.args.iter().flat_map(|arg| &arg.pattern.bindings);
    used(&closure.body, args.map(|binding| binding.name).collect(), outer)
}

/// Returns names of `outer` that an expression uses, other than those in `own`.
#[must_use]
pub fn used<'a>(expr: &Expr, mut own: HashSet<Name>, outer: &Locals<'a>) -> Vec<(Name, Resolved)> {
    let mut found: Vec<(Name, Resolved)> = Vec::new();
    free(expr, &mut own, &mut |name| {
        if let Some(local) = outer.get(name)
            && !found.iter().any(|(known, _)| **known == *name)
        {
            found.push((name.into(), local.ty.clone()));
        }
    });
    found
}

fn free(expr: &Expr, own: &mut HashSet<Name>, found: &mut dyn FnMut(&str)) {
    let bind = |pattern: &Pattern, own: &mut HashSet<Name>| {
        own.extend(pattern.bindings.iter().map(|binding| binding.name));
    };
    match expr {
        Expr::Path(path, _) => {
            if let Some(name) = path.single()
                && !own.contains(name)
            {
                found(name);
            }
        }
        Expr::Let(binding) => {
            expr.parts(&mut |part| free(part, own, found));
            bind(&binding.pattern, own);
        }
        Expr::Block(_) | Expr::Async(..) | Expr::Branches(..) => {
            let mut inner = own.clone();
            expr.parts(&mut |part| free(part, &mut inner, found));
        }
        Expr::For(pattern, parts, _) => {
            let mut inner = own.clone();
            bind(pattern, &mut inner);
            parts.iter().for_each(|part| free(part, &mut inner, found));
        }
        Expr::Closure(closure) => {
            let mut inner = own.clone();
            closure.args.iter().for_each(|arg| bind(&arg.pattern, &mut inner));
            free(&closure.body, &mut inner, found);
        }
        _ => expr.parts(&mut |part| free(part, own, found)),
    }
}
