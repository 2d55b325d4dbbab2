//! Finds the handlers in the arguments of a call: through names, blocks, wrappers and functions that return closures.

use super::super::registration;
use super::{Call, DEEPEST, Helper, Look};
use crate::flow::{function_item, methods_of};
use crate::handlers::{Framework, NotRead, Role};
use crate::infer::{Infer, Locals};
use crate::program::{Found as Name, Function, Resolved, Space};
use crate::syntax::{Block, Expr, TyPath};

impl<'a> Look<'_, '_, 'a> {
    pub(super) fn register_all(
        &mut self,
        args: &'a [Expr],
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        for arg in &args[..handlers(call.name, args)] {
            let clear = self.register(arg, call, infer, locals, 0);
            if !clear && !call.registration.unsure() {
                let file = self.program.module(self.function.module).file;
                let what =
                    format!("the argument of `{}` in `{}`", call.name, self.function.def.name);
                self.found.not_read.push(NotRead { file, place: call.place, what });
            }
        }
    }

    /// Returns `true` if the argument was understood, whether it is a handler or not.
    pub(super) fn register(
        &mut self,
        arg: &'a Expr,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        depth: u32,
    ) -> bool {
        if depth > DEEPEST {
            return true;
        }
        match arg.bare() {
            Expr::Path(path, _) => self.path(path, call, infer, locals, depth),
            // `warp::any().map(move || db.clone())` hands state on, and answers nothing.
            Expr::Closure(closure) if closure.args.is_empty() && clones(&closure.body) => true,
            Expr::Closure(closure) if call.registration.closures => {
                self.add_closure(closure, self.function, call, locals);
                true
            }
            // `get({ let hits = hits.clone(); move || … })`
            Expr::Block(block) => self.block(block, call, infer, locals, depth),
            Expr::Branches(_, _, arms) => {
                let mut clear = true;
                for arm in arms {
                    clear &= self.register(arm, call, infer, locals, depth + 1);
                }
                clear
            }
            // `handler.layer(…)`, `handler.into_service()`, `handler.clone()`
            Expr::Method(inner) => {
                let receiver = infer.expr(&inner.receiver, locals);
                for function in methods_of(infer, &receiver, &inner.name) {
                    self.returned_closure(&function, call);
                }
                self.register(&inner.receiver, call, infer, locals, depth + 1)
            }
            Expr::Call(callee, args, _) => {
                if let Some((maker, function, within)) = self.maker(callee, infer, locals) {
                    self.made(maker, function, &within, call);
                    return true;
                }
                let Expr::Path(path, _) = &**callee else { return true };
                let function = function_item(path, infer);
                if let Some(function) = &function {
                    self.returned_closure(function, call);
                }
                // A wrapper around the handler.
                for inner in &args[..handlers(path.last(), args)] {
                    let handler = matches!(inner.bare(), Expr::Path(..))
                        || (function.is_some() && matches!(inner.bare(), Expr::Closure(_)));
                    if handler {
                        self.register(inner, call, infer, locals, depth + 1);
                    }
                }
                true
            }
            Expr::Macro(path, ..) => {
                matches!(path.last(), "format" | "concat" | "vec" | "path" | "include_str" | "env")
            }
            _ => true,
        }
    }

    /// Returns `true` for `handler.into_service()`, `handler.with_state(state)`: a service, wherever it goes.
    pub(super) fn becomes_service(
        &self,
        name: &str,
        receiver: &'a Expr,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) -> bool {
        const MAKERS: &[&str] = &[
            "into_service",
            "into_make_service",
            "into_make_service_with_connect_info",
            "with_state",
        ];
        matches!(self.module, Framework::Axum | Framework::Oserver)
            && MAKERS.contains(&name)
            && written_handler(receiver, infer, locals, 0)
    }

    pub(super) fn block(
        &mut self,
        block: &'a Block,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        depth: u32,
    ) -> bool {
        let Some((last, before)) = block.stmts.split_last().filter(|_| block.tail) else {
            return true;
        };
        let mut inner = locals.clone();
        before.iter().for_each(|stmt| infer.bind(stmt, &mut inner));
        self.register(last, call, infer, &inner, depth + 1)
    }

    pub(super) fn path(
        &mut self,
        path: &TyPath,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        depth: u32,
    ) -> bool {
        let local = path.single().and_then(|name| locals.get(name));
        if let Some(local) = local {
            return match local.init {
                Some(init) => {
                    let before = locals.before(&local.name);
                    self.register(init, call, infer, &before, depth + 1)
                }
                None => self.parameter(&local.name, &local.ty, call, infer),
            };
        }
        if let Some(function) = function_item(path, infer) {
            let answers = registration::may_answer(self.program, &function);
            if call.registration.framework != Framework::Unknown
                && (answers || !call.registration.unsure())
            {
                let types = given(path, &function, infer);
                self.add_function(&function, call, types);
            }
            return true;
        }
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        // A constant route, a service of another crate, a generic's function.
        let module = infer.scope.module;
        path.single() == Some("self")
            || self.program.resolve(module, &names, path.global, Space::Value) != Name::Unknown
            || names.last().is_some_and(|name| name.chars().all(|c| !c.is_lowercase()))
            || names.len() > 1
    }

    /// Returns `true` for a parameter that is registered: calls of the function around it register their arguments.
    pub(super) fn parameter(
        &mut self,
        name: &str,
        ty: &Resolved,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
    ) -> bool {
        if !matches!(ty, Resolved::Param(..) | Resolved::Traits(_)) {
            return *ty != Resolved::Unknown || call.registration.role == Role::Middleware;
        }
        let params = &self.function.def.params;
        let param = params
            .iter()
            .position(|param| param.pattern.bindings.iter().any(|binding| &*binding.name == name));
        if let (Some(param), Some(function)) = (param, infer.program.index_of(&self.function)) {
            self.helpers.push(Helper { function, param, registration: call.registration });
        }
        true
    }
}

/// Returns the types of `handler::<Disk>`, or `None` if some are left to be inferred.
fn given<'a>(
    path: &TyPath,
    function: &Function<'a>,
    infer: &Infer<'_, 'a>,
) -> Option<Vec<Resolved>> {
    let params = function.def.generics.params.len();
    let written = path.segments.last().map_or(&[][..], |segment| &segment.args);
    let types: Vec<Resolved> =
        written.iter().map(|ty| infer.program.resolve_type(ty, &infer.scope)).collect();
    let known = types.len() >= params && !types.contains(&Resolved::Unknown);
    if params == 0 { Some(Vec::new()) } else { known.then_some(types) }
}

/// Returns `true` if an expression is a closure or names a function, through names and blocks.
fn written_handler<'a>(
    expr: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
    depth: u32,
) -> bool {
    match expr.bare() {
        Expr::Closure(_) => true,
        Expr::Block(block) if block.tail && depth < DEEPEST => {
            block.stmts.last().is_some_and(|last| written_handler(last, infer, locals, depth + 1))
        }
        Expr::Path(path, _) => match path.single().and_then(|name| locals.get(name)) {
            Some(local) => local.init.is_some_and(|init| {
                let before = locals.before(&local.name);
                depth < DEEPEST && written_handler(init, infer, &before, depth + 1)
            }),
            None => function_item(path, infer).is_some(),
        },
        _ => false,
    }
}

/// Returns `true` for `value.clone()`, `Arc::clone(&value)`
fn clones(body: &Expr) -> bool {
    match body.bare() {
        Expr::Method(call) => &*call.name == "clone" && call.args.is_empty(),
        Expr::Call(callee, _, _) => {
            matches!(&**callee, Expr::Path(path, _) if path.last() == "clone")
        }
        _ => false,
    }
}

/// How many of the arguments may be handlers: a function that describes the operation, the second one of aide's
/// `get_with(handler, docs)`, is not a handler.
fn handlers(name: &str, args: &[Expr]) -> usize {
    if name.ends_with("_with") { args.len().min(1) } else { args.len() }
}
