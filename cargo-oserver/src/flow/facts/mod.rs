//! Facts about one body.

use std::collections::HashSet;

mod calls;
mod names;

use names::{is_pooled, static_of};

use super::calls::{external, hands_over, offloads};
use super::request_state::{self, Get};
use super::touched_fields::{self, Way};
use super::{Code, Flow, Origin, Visit, function_item, methods_of};
use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::{Function, Id, Program, Resolved};
use crate::syntax::{Expr, MethodCall, Name, Place};

/// The limit of nested local closures.
const INLINED: usize = 4;

/// A call of a function of the sources.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Into the functions of the program.
    pub to: u32,
    pub place: Place,
    /// `true` if types prove the target; `false` if only its name is unique.
    pub sure: bool,
    /// In a closure that runs where blocking is allowed.
    pub offloaded: bool,
    /// `true` if the function is passed by name and not called.
    pub passed: bool,
}

#[derive(Clone, Debug)]
pub struct StaticUse {
    pub id: Id,
    /// Fields of it; empty for all of it.
    pub way: Way,
}

/// A lock that is taken.
#[derive(Clone, Debug)]
pub struct Acquire {
    pub place: Place,
    /// The lock's path.
    pub lock: String,
    pub origin: Origin,
    /// The parameter that the lock comes from, or `self`.
    pub root: Option<Name>,
}

/// A call that blocks its thread.
#[derive(Clone, Debug)]
pub struct Blocking {
    pub place: Place,
    pub what: String,
}

#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub calls: Vec<Call>,
    pub statics: Vec<StaticUse>,
    pub gets: Vec<Get>,
    pub acquires: Vec<Acquire>,
    pub blocking: Vec<Blocking>,
    /// It serves a connection of HTTP.
    pub serves: bool,
    /// It catches panics.
    pub catches: bool,
}

pub(super) fn collect<'a>(flow: &Flow<'_, '_, 'a>, code: &Code<'a>) -> Facts {
    let program = flow.program();
    let mut look = Look {
        flow,
        facts: Facts::default(),
        offloading: Vec::new(),
        typed: HashSet::new(),
        counted: HashSet::new(),
        awaited: HashSet::new(),
        inlined: Vec::new(),
    };
    if let Code::Function(function) = code {
        look.output(function, program);
        if function.def.body.is_none() {
            look.mentions(function);
        }
    }
    code.visit(program, &mut look);
    look.facts
}

struct Look<'l, 'f, 'p, 'a> {
    flow: &'l Flow<'f, 'p, 'a>,
    facts: Facts,
    /// For each call around the current expression: whether it runs its closures elsewhere.
    offloading: Vec<bool>,
    /// Getters whose type was found where their value goes.
    typed: HashSet<Place>,
    /// Names of statics of which parts were counted already.
    counted: HashSet<Place>,
    /// Calls whose futures are awaited: they do not block.
    awaited: HashSet<Place>,
    /// Closures whose calls are being looked into.
    inlined: Vec<Place>,
}

impl<'a> Look<'_, '_, '_, 'a> {
    fn offloaded(&self) -> bool {
        self.offloading.contains(&true)
    }

    fn call(&mut self, function: &Function<'a>, place: Place, passed: bool) {
        if let Some(to) = self.flow.program().index_of(function) {
            let offloaded = self.offloaded();
            self.facts.calls.push(Call { to, place, sure: true, offloaded, passed });
        }
    }

    fn blocks(&mut self, place: Place, what: String) {
        if !self.offloaded() {
            self.facts.blocking.push(Blocking { place, what });
        }
    }

    /// A getter at the end of a function has the type that the function returns.
    fn output(&mut self, function: &Function<'a>, program: &Program<'a>) {
        let (Some(output), Some(body)) = (&function.def.output, &function.def.body) else { return };
        let Some(last) = body.stmts.last().filter(|_| body.tail) else { return };
        if let Some(call) = request_state::getter(last, &Locals::default())
            && call.turbofish.is_empty()
        {
            let ty = program.resolve_type(output, &program.scope_of(function));
            self.get(call, output.to_string(), ty);
        }
    }

    fn get(&mut self, call: &MethodCall, text: String, ty: Resolved) {
        if self.typed.insert(call.place) {
            self.facts.gets.push(Get { place: call.place, text, ty });
        }
    }

    /// A value that goes where a type is written.
    fn expected(
        &mut self,
        value: &'a Expr,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        text: &str,
        ty: Resolved,
    ) {
        if let Some(call) =
            request_state::getter(value, locals).filter(|call| call.turbofish.is_empty())
        {
            let receiver = infer.expr(&call.receiver, locals);
            // A method of the sources declares its own result.
            if infer.method_of(&receiver, &call.name).is_none() {
                self.get(call, text.to_owned(), ty);
            }
        }
    }

    fn statics(
        &mut self,
        expr: &'a Expr,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        more: Vec<Way>,
    ) {
        let (root, way) = touched_fields::chain(expr);
        let Expr::Path(path, place) = root else { return };
        let Some(id) = static_of(path, infer, locals) else { return };
        if !self.counted.insert(*place) && *place != Place::default() {
            return;
        }
        let ways = if more.is_empty() { vec![Vec::new()] } else { more };
        for rest in ways {
            let way = way.iter().cloned().chain(rest).collect();
            self.facts.statics.push(StaticUse { id, way });
        }
    }
}

impl<'a> Visit<'a> for Look<'_, '_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        match expr {
            Expr::Call(callee, args, place) => {
                let mut elsewhere = false;
                if let Expr::Path(path, _) = &**callee {
                    let name = external(path, infer).unwrap_or_else(|| path.plain());
                    elsewhere = known::offloads(&name, "") || hands_over(path, infer);
                    self.path_call(path, args, *place, infer, locals);
                }
                self.offloading.push(elsewhere);
            }
            Expr::Method(call) => {
                self.method_call(call, infer, locals);
                let receiver = infer.expr(&call.receiver, locals);
                let own = methods_of(infer, &receiver, &call.name)
                    .iter()
                    .any(|of| offloads(infer.program, of));
                let pooled = &*call.name == "run" && is_pooled(infer, &receiver);
                self.offloading
                    .push(own || pooled || known::offloads(&call.name, names::pointee(&receiver)));
            }
            Expr::Path(path, place) => {
                // Passed by name, as to `map(helper)`.
                if path.single().is_none_or(|name| locals.get(name).is_none())
                    && let Some(function) = function_item(path, infer)
                {
                    self.call(&function, *place, true);
                }
                self.statics(expr, infer, locals, Vec::new());
            }
            Expr::Await(inner) => {
                if let Expr::Method(call) = inner.bare() {
                    self.awaited.insert(call.place);
                }
            }
            Expr::Field(..) => {
                self.statics(expr, infer, locals, Vec::new());
            }
            Expr::Let(binding) => {
                if let (Some(ty), Some(init)) = (&binding.ty, &binding.init) {
                    let resolved = infer.program.resolve_type(ty, &infer.scope);
                    self.expected(init, infer, locals, &ty.to_string(), resolved);
                }
            }
            // `for job in receiver` waits for each.
            Expr::For(_, parts, place) => {
                let over = parts.first().map(|over| infer.expr(over, locals));
                let path = over.as_ref().map_or("", names::pointee);
                if known::blocking_method(path, "into_iter") {
                    self.blocks(*place, format!("{path}::into_iter"));
                }
            }
            Expr::Struct(path, fields) => {
                let ty = infer
                    .program
                    .resolve_type(&crate::syntax::Ty::Path((**path).clone()), &infer.scope);
                for (name, value) in fields {
                    let field = infer.field(&ty, name);
                    self.expected(value, infer, locals, name, field);
                }
            }
            _ => {}
        }
    }

    fn enter(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let Expr::Method(call) = expr else { return };
        // Most receivers are no statics: the method is looked up only for those.
        let (root, _) = touched_fields::chain(&call.receiver);
        let Expr::Path(path, _) = root else { return };
        if static_of(path, infer, locals).is_none() {
            return;
        }
        let receiver = infer.expr(&call.receiver, locals);
        if let Some((callee, _)) = infer.method_of(&receiver, &call.name) {
            self.statics(&call.receiver, infer, locals, touched_fields::of_self(infer, &callee, 0));
        }
    }

    fn leave(&mut self, expr: &'a Expr) {
        if matches!(expr, Expr::Call(..) | Expr::Method(_)) {
            self.offloading.pop();
        }
    }
}
