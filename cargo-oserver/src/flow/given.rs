//! Where the arguments of a call come from.

use super::{Acquire, Code, Flow, Origin, Origins, Trace, Visit, functions_of, methods_of};
use crate::infer::{Infer, Locals};
use crate::program::Function;
use crate::syntax::{Expr, Name, Place};

/// An argument of a function: one of its parameters, or an unknown one.
type Which = Option<Name>;

impl<'a> Flow<'_, '_, 'a> {
    /// Returns `true` if the lock that a step of a trace takes was made by one of the steps before it. `code` is the code that the
    /// trace starts with; what that is given is not made on the way.
    #[must_use]
    pub fn made_on_the_way(
        &self,
        code: &Code<'a>,
        trace: &Trace,
        step: usize,
        acquire: &Acquire,
    ) -> bool {
        match acquire.origin {
            // A captured value was made outside of the closure.
            Origin::Fresh if trace.steps[step].function.is_none() => {
                let mut look = Taken { flow: self, place: acquire.place, origin: None };
                code.sealed().visit(self.program(), &mut look);
                return look.origin == Some(Origin::Fresh);
            }
            Origin::Fresh => return true,
            Origin::Shared => return false,
            Origin::Given => {}
        }
        let functions = &self.program().functions;
        let (mut at, mut which) = (step, acquire.root);
        while let Some(callee) = trace.steps[at].function {
            at = trace.steps[at].from;
            let (given, root) = match trace.steps[at].function {
                Some(caller) => {
                    self.given(&Code::Function(functions[caller as usize]), callee, which)
                }
                None => self.given(&code.sealed(), callee, which),
            };
            match given {
                Origin::Fresh => return true,
                Origin::Shared => return false,
                Origin::Given => which = root,
            }
        }
        false
    }

    /// Returns the worst origin of what the calls of a function in this code give to it, and the parameter of the code
    /// that it comes from.
    fn given(&self, code: &Code<'a>, callee: u32, which: Which) -> (Origin, Which) {
        let mut look = Look { flow: self, callee, which, given: None };
        code.visit(self.program(), &mut look);
        look.given.unwrap_or((Origin::Shared, None))
    }
}

impl Code<'_> {
    /// Returns the same code, of which what is around it was not made by it.
    fn sealed(&self) -> Self {
        match self {
            Self::Function(function) => Self::Function(*function),
            Self::Closure(closure, function, locals) => {
                Self::Closure(closure, *function, locals.sealed())
            }
            Self::Block(body, place, function, locals) => {
                Self::Block(body, *place, *function, locals.sealed())
            }
        }
    }
}

/// Returns the name without a value of its own that a value comes from: a parameter, or `self`.
pub(super) fn root<'a>(expr: &'a Expr, locals: &Locals<'a>) -> Option<Name> {
    match expr {
        Expr::Path(path, _) => {
            let name = path.segments.first().filter(|_| path.single().is_some())?.name;
            match locals.get(&name).map(|local| local.init) {
                Some(Some(init)) => root(init, &locals.before(&name)),
                Some(None) => Some(name),
                None => (&*name == "self").then_some(name),
            }
        }
        Expr::Method(call) => root(&call.receiver, locals),
        // `Arc::clone(&lock)`
        Expr::Call(_, args, _) if args.len() == 1 => root(&args[0], locals),
        Expr::Field(inner, _)
        | Expr::Await(inner)
        | Expr::Same(inner)
        | Expr::Deref(inner)
        | Expr::Cast(inner, _) => root(inner, locals),
        _ => None,
    }
}

struct Look<'l, 'f, 'p, 'a> {
    flow: &'l Flow<'f, 'p, 'a>,
    callee: u32,
    which: Which,
    given: Option<(Origin, Which)>,
}

impl<'a> Look<'_, '_, '_, 'a> {
    /// The argument for the parameter that is asked for; all of them if that is not known.
    fn asked(
        &self,
        function: &Function<'a>,
        receiver: Option<&'a Expr>,
        args: &'a [Expr],
    ) -> Vec<&'a Expr> {
        let all = || receiver.into_iter().chain(args).collect();
        let Some(name) = self.which else { return all() };
        // `Type::method(value, …)`
        let values: Vec<&'a Expr> = receiver.into_iter().chain(args).collect();
        let own = usize::from(function.def.receiver.is_some());
        let position = if &*name == "self" {
            Some(0)
        } else {
            let mut params = function.def.params.iter();
            params
                .position(|param| param.pattern.bindings.iter().any(|known| known.name == name))
                .map(|index| index + own)
        };
        match position.and_then(|index| values.get(index)) {
            Some(value) => vec![*value],
            None => all(),
        }
    }
}

/// Finds where a lock comes from that is taken at a place.
struct Taken<'l, 'f, 'p, 'a> {
    flow: &'l Flow<'f, 'p, 'a>,
    place: Place,
    origin: Option<Origin>,
}

impl<'a> Visit<'a> for Taken<'_, '_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if let Expr::Method(call) = expr
            && call.place == self.place
        {
            self.origin = Some(origins(self.flow, infer).of(&call.receiver, locals));
        }
    }
}

fn origins<'o, 'p, 'a>(
    flow: &'o Flow<'o, 'p, 'a>,
    infer: &'o Infer<'p, 'a>,
) -> Origins<'o, 'p, 'a> {
    Origins { infer, reach: flow.reach, made: Some(flow), connection: None, depth: 0 }
}

impl<'a> Visit<'a> for Look<'_, '_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let (functions, receiver, args) = match expr {
            Expr::Call(callee, args, _) => match &**callee {
                Expr::Path(path, _) => (functions_of(path, infer), None, args),
                _ => return,
            },
            Expr::Method(call) => {
                let receiver = infer.expr(&call.receiver, locals);
                (methods_of(infer, &receiver, &call.name), Some(&*call.receiver), &call.args)
            }
            _ => return,
        };
        let program = self.flow.program();
        let mut called = functions.iter();
        let Some(function) =
            called.find(|function| program.index_of(function) == Some(self.callee))
        else {
            return;
        };
        let asked = self.asked(function, receiver, args);
        let origin = origins(self.flow, infer).all(asked.iter().copied(), locals);
        let from = match asked.as_slice() {
            [one] => root(one, locals),
            _ => None,
        };
        self.given = Some(match self.given {
            None => (origin, from),
            Some((known, root)) => (known.max(origin), root.filter(|root| Some(*root) == from)),
        });
    }
}
