//! Accept loops of one's own: what they spawn for each connection is a handler, with no HTTP crate needed.

use std::collections::{BTreeMap, HashSet};

use super::{Code, Found, Framework, Handler, Role, Way, signatures};
use crate::flow::{self, Flow, Origin, Origins, Trace, Visit, function_item, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Owner, Resolved};
use crate::syntax::{Expr, Place};

/// Calls from a loop on, to where a connection is served.
const DEEPEST: u32 = 3;

/// Calls that take a connection or a request.
const TAKING: &[&str] = &[
    "accept",
    "poll_accept",
    "accept_raw",
    "incoming",
    "incoming_requests",
    "recv",
    "recv_timeout",
    "try_recv",
    "next",
];

const SPAWNS: &[&str] =
    &["spawn", "spawn_local", "spawn_blocking", "spawn_task", "spawn_on", "spawn_unchecked"];

/// A loop that takes connections or requests.
#[derive(Clone, Copy, Debug)]
pub struct AcceptLoop {
    pub place: Place,
    /// Nothing in it catches a panic.
    pub unguarded: bool,
}

/// Adds the handlers of accept loops, and returns the loops by their functions.
pub(super) fn find<'a>(
    flow: &Flow<'_, '_, 'a>,
    found: &mut Found<'a>,
) -> BTreeMap<u32, Vec<AcceptLoop>> {
    let program = flow.program();
    let mut loops = BTreeMap::new();
    for (function, index) in program.functions.iter().zip(0u32..) {
        let test =
            function.def.attributes.test || matches!(function.owner, Owner::Impl(of) if of.test);
        if test || program.is_test(function.module) || !program.may_serve(function.module) {
            continue;
        }
        let look = look(flow, function);
        look.handlers.into_iter().for_each(|handler| found.add(handler));
        if !look.loops.is_empty() {
            loops.insert(index, look.loops);
        }
    }
    loops
}

fn look<'l, 'f, 'p, 'a>(
    flow: &'l Flow<'f, 'p, 'a>,
    function: &Function<'a>,
) -> Look<'l, 'f, 'p, 'a> {
    let mut look = Look {
        flow,
        function: *function,
        open: Vec::new(),
        loops: Vec::new(),
        handlers: Vec::new(),
    };
    // Most functions have no loop that takes anything.
    let body = function.def.body.as_deref();
    let any = |expr: &Expr| matches!(expr, Expr::Method(call) if TAKING.contains(&&*call.name) || call.name.starts_with("serve_connection"));
    if body.is_some_and(|body| body.stmts.iter().any(|stmt| stmt.any(&any))) {
        visit(flow.program(), function, &mut look);
    }
    look
}

struct Look<'l, 'f, 'p, 'a> {
    flow: &'l Flow<'f, 'p, 'a>,
    function: Function<'a>,
    open: Vec<Open>,
    loops: Vec<AcceptLoop>,
    handlers: Vec<Handler<'a>>,
}

/// A loop that is being looked at.
struct Open {
    place: Place,
    /// Names that are bound before it.
    bound: usize,
    takes: Takes,
    /// Requests of it are served by a framework's services.
    serves: bool,
    catches: bool,
    spawns: bool,
}

/// What a loop takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// Items of a stream, which may be connections.
    Items,
    Connections,
    /// Requests of `tiny_http`.
    Requests,
}

impl<'a> Visit<'a> for Look<'_, '_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        match expr {
            Expr::Loop(parts, place) => self.enter(parts, *place, infer, locals),
            Expr::For(_, parts, place) => self.enter(parts, *place, infer, locals),
            Expr::Call(callee, args, _) => {
                if let Expr::Path(path, _) = &**callee
                    && SPAWNS.contains(&path.last())
                {
                    self.spawns(args, infer, locals);
                }
            }
            Expr::Method(call) if SPAWNS.contains(&&*call.name) || &*call.name == "execute" => {
                self.spawns(&call.args, infer, locals);
            }
            _ => {}
        }
    }

    fn leave(&mut self, expr: &'a Expr) {
        let (Expr::Loop(_, place) | Expr::For(_, _, place)) = expr else { return };
        let Some(open) = self.open.pop_if(|open| open.place == *place) else { return };
        let by_hand = match open.takes {
            Takes::Connections => open.serves || open.spawns,
            Takes::Items | Takes::Nothing => open.serves,
            Takes::Requests => true,
        };
        if by_hand {
            self.loops.push(AcceptLoop { place: open.place, unguarded: !open.catches });
        }
    }
}

impl<'a> Look<'_, '_, '_, 'a> {
    fn enter(
        &mut self,
        parts: &'a [Expr],
        place: Place,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        let takes = takes(parts, infer, locals);
        let own = parts.iter().any(|part| {
            part.any(&|expr| matches!(expr, Expr::Method(call) if call.name.starts_with("serve_connection")))
        });
        if takes == Takes::Nothing && !own {
            return;
        }
        let (mut serves, mut catches) = (false, false);
        for body in parts {
            let code = Code::Block(body, place, self.function, locals.clone());
            let trace = Trace::of(self.flow, &code);
            for step in trace.steps.iter().filter(|step| step.sure && step.depth <= DEEPEST) {
                serves |= step.facts.serves;
                catches |= step.facts.catches;
            }
        }
        // The inner of two loops is the one that serves.
        let inner = own
            && takes == Takes::Nothing
            && parts
                .iter()
                .any(|part| part.any(&|expr| matches!(expr, Expr::Loop(..) | Expr::For(..))));
        if inner {
            return;
        }
        self.open.push(Open { place, bound: locals.len(), takes, serves, catches, spawns: false });
        if takes == Takes::Requests
            && let Some(body) = parts.last()
        {
            let own = HashSet::new();
            self.task(body, place, own, infer, locals, Framework::TinyHttp);
        }
    }

    /// What a loop starts for each connection.
    fn spawns(&mut self, args: &'a [Expr], infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let Some(open) = self.open.last_mut() else { return };
        open.spawns = true;
        if open.serves || open.takes != Takes::Connections {
            return;
        }
        for arg in args {
            self.spawned(arg, infer, locals);
        }
    }

    fn spawned(&mut self, arg: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
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
    fn called(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let origins = Origins { infer, reach: self.flow.reach, made: Some(self.flow), depth: 0 };
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

    /// Functions that a task awaits with what it captured: `handler.run().await`.
    fn called_in(&mut self, task: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
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

    fn task(
        &mut self,
        body: &'a Expr,
        place: Place,
        own: HashSet<Box<str>>,
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

    /// Whether a value was made for this connection: nothing in it is bound before the loop.
    fn fresh(&self, expr: &'a Expr, origins: &Origins<'_, '_, 'a>, locals: &Locals<'a>) -> bool {
        let bound = self.open.last().map_or(0, |open| open.bound);
        let outer = flow::used(expr, HashSet::new(), locals);
        let before = |name: &str| locals.position(name).is_some_and(|at| at < bound);
        let leads =
            |ty: &Resolved| *ty == Resolved::Unknown || !self.flow.reach.locks(ty).locks.is_empty();
        !outer.iter().any(|(name, ty)| before(name) && leads(ty))
            && origins.of(expr, locals) == Origin::Fresh
    }

    /// Captured values that were made for this connection alone.
    fn own(
        &self,
        names: Vec<(Box<str>, Resolved)>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) -> Vec<Way> {
        let bound = self.open.last().map_or(0, |open| open.bound);
        let origins = Origins { infer, reach: self.flow.reach, made: Some(self.flow), depth: 0 };
        let fresh = |name: &str| {
            let inside = locals.position(name).is_some_and(|at| at >= bound);
            let init = locals.get(name).and_then(|local| local.init);
            inside && init.is_some_and(|init| self.fresh(init, &origins, locals))
        };
        names
            .into_iter()
            .filter(|(name, _)| fresh(name))
            .map(|(name, _)| Way::Capture(name))
            .collect()
    }
}

/// What the condition and the body of a loop take, inner loops left out.
fn takes<'a>(parts: &'a [Expr], infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> Takes {
    let mut found = Takes::Nothing;
    let mut see = |takes: Takes| {
        if found == Takes::Nothing || found == Takes::Items {
            found = takes;
        }
    };
    for part in parts {
        part.walk(&mut |expr| {
            if let Expr::Method(call) = expr {
                match &*call.name {
                    "accept" | "poll_accept" | "accept_raw" => see(Takes::Connections),
                    "incoming" => see(Takes::Connections),
                    "incoming_requests" => see(Takes::Requests),
                    "recv" | "recv_timeout" | "try_recv"
                        if infer.expr(&call.receiver, locals).path().starts_with("tiny_http")
                            || server_behind(&infer.expr(&call.receiver, locals)) =>
                    {
                        see(Takes::Requests);
                    }
                    "next" => see(Takes::Items),
                    _ => {}
                }
            }
            !matches!(expr, Expr::Loop(..) | Expr::For(..) | Expr::Closure(_))
        });
    }
    found
}

fn server_behind(ty: &Resolved) -> bool {
    ty.path().starts_with("tiny_http") || ty.args().first().is_some_and(server_behind)
}
