//! Code that a loop starts for a connection: tasks, threads, functions, and which of their values only it uses.

use std::collections::HashSet;

use super::super::signatures;
use super::Look;
use crate::flow::{self, Origin, Origins, function_item};
use crate::handlers::{Code, Framework, Handler, Role, Way};
use crate::infer::{Infer, Locals};
use crate::program::Resolved;
use crate::syntax::{Expr, Name, Place};

impl<'a> Look<'_, '_, '_, 'a> {
    pub(super) fn spawned(&mut self, arg: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let program = self.flow.program();
        match arg.bare() {
            Expr::Async(_, place) => {
                self.task(arg.bare(), *place, HashSet::new(), infer, locals, Framework::Sockets);
                self.called_in(arg.bare(), infer, locals);
            }
            Expr::Closure(closure) => {
                let names = flow::captured(closure, locals);
                let name = format!("{{closure in {}}}", self.function.def.name);
                let code = Code::Closure(closure, self.function, locals.clone());
                let made = Handler::new(program, name, closure.place, code);
                let own = self.own(names, infer, locals);
                self.handlers.push(Handler {
                    framework: Framework::Sockets,
                    role: Role::Closure,
                    own,
                    ..made
                });
                self.called_in(&closure.body, infer, locals);
            }
            Expr::Block(block) if block.tail => {
                let mut inner = locals.clone();
                if let Some((last, before)) = block.stmts.split_last() {
                    before.iter().for_each(|stmt| infer.bind(stmt, &mut inner));
                    self.spawned(last, infer, &inner);
                }
            }
            // `future.instrument(span)`
            Expr::Method(call)
                if matches!(&*call.name, "instrument" | "in_current_span" | "boxed") =>
            {
                self.spawned(&call.receiver, infer, locals);
            }
            called => self.called(called, infer, locals),
        }
    }

    /// A function or method that gets the connection.
    pub(super) fn called(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let origins = self.origins(infer);
        let mut own = Vec::new();
        let (function, args) = match expr {
            Expr::Call(callee, args, _) => match &**callee {
                Expr::Path(path, _)
                    if path.single().and_then(|name| locals.get(name)).is_none() =>
                {
                    (function_item(path, infer), args)
                }
                _ => return,
            },
            Expr::Method(call) => {
                let receiver = infer.expr(&call.receiver, locals);
                if self.fresh(&call.receiver, &origins, locals) {
                    own.push(Way::Itself);
                }
                (infer.method_of(&receiver, &call.name).map(|(function, _)| function), &call.args)
            }
            _ => return,
        };
        let Some(function) = function.filter(|function| function.def.body.is_some()) else {
            return;
        };
        let fresh = |(index, arg): (usize, &'a Expr)| {
            self.fresh(arg, &origins, locals).then_some(Way::Parameter(index))
        };
        own.extend(args.iter().enumerate().filter_map(fresh));
        let mut handler = signatures::handler(self.flow.program(), &function, Role::Function);
        handler.framework = Framework::Sockets;
        handler.own = own;
        self.handlers.push(handler);
    }

    /// Functions that a task awaits with captured values: `handler.run().await`.
    pub(super) fn called_in(&mut self, task: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let mut found = Vec::new();
        task.walk(&mut |expr| {
            let called = match expr {
                Expr::Await(inner) => inner.bare(),
                other => other,
            };
            let captured = |expr: &Expr| {
                matches!(expr.bare(), Expr::Path(path, _)
                    if path.single().is_some_and(|name| locals.get(name).is_some()))
            };
            let takes = match called {
                Expr::Call(_, args, _) => args.iter().any(captured),
                Expr::Method(call) => captured(&call.receiver) && &*call.name != "clone",
                _ => false,
            };
            if takes {
                found.push(called);
            }
            !takes && !matches!(expr, Expr::Closure(_))
        });
        for called in found {
            self.called(called, infer, locals);
        }
    }

    pub(super) fn task(
        &mut self,
        body: &'a Expr,
        place: Place,
        own: HashSet<Name>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        framework: Framework,
    ) {
        let names = flow::used(body, own, locals);
        let name = format!("{{task in {}}}", self.function.def.name);
        let code = Code::Block(body, place, self.function, locals.clone());
        let made = Handler::new(self.flow.program(), name, place, code);
        let own = self.own(names, infer, locals);
        self.handlers.push(Handler { framework, role: Role::Closure, own, ..made });
    }

    fn origins<'o>(&'o self, infer: &'o Infer<'o, 'a>) -> Origins<'o, 'o, 'a> {
        Origins {
            infer,
            reach: self.flow.reach,
            made: Some(self.flow),
            connection: self.open.last().map(|open| open.bound),
            depth: 0,
        }
    }

    /// Returns `true` if a value was made for this connection: nothing in it is bound before the loop.
    pub(super) fn fresh(
        &self,
        expr: &'a Expr,
        origins: &Origins<'_, '_, 'a>,
        locals: &Locals<'a>,
    ) -> bool {
        let bound = self.open.last().map_or(0, |open| open.bound);
        let leads =
            |ty: &Resolved| *ty == Resolved::Unknown || !self.flow.reach.locks(ty).locks.is_empty();
        let outer = flow::used(expr, HashSet::new(), locals);
        let own = |name: &str| {
            let inside = locals.position(name).is_some_and(|at| at >= bound);
            // `let db = db.clone()`: the inner name has the value of the outer one.
            let init = locals.get(name).and_then(|local| local.init);
            inside && init.is_none_or(|init| self.fresh(init, origins, &locals.before(name)))
        };
        outer.iter().filter(|(_, ty)| leads(ty)).all(|(name, _)| own(name))
            && origins.of(expr, locals) == Origin::Fresh
    }

    /// Returns captured values that were made for this connection alone.
    pub(super) fn own(
        &self,
        names: Vec<(Name, Resolved)>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) -> Vec<Way> {
        let bound = self.open.last().map_or(0, |open| open.bound);
        let origins = self.origins(infer);
        let fresh = |name: &str, ty: &Resolved| {
            let inside = locals.position(name).is_some_and(|at| at >= bound);
            match locals.get(name).and_then(|local| local.init) {
                Some(init) => inside && self.fresh(init, &origins, &locals.before(name)),
                // The value that the loop takes: the connection itself.
                None => inside && *ty == Resolved::Unknown,
            }
        };
        names
            .into_iter()
            .filter(|(name, ty)| fresh(name, ty))
            .map(|(name, _)| Way::Capture(name))
            .collect()
    }
}
