//! Accept loops of one's own: what they spawn for each connection is a handler, with no HTTP crate needed.

mod spawned;
mod takes;

use std::collections::{BTreeMap, HashSet};

use takes::{accepting_arms, answers, is_connections, takes};

use super::{Code, Found, Framework, Handler};
use crate::flow::{Flow, Trace, Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Owner};
use crate::syntax::{Expr, MethodCall, Place};

/// The limit of nested calls from a loop to the code that serves a connection.
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
    "try_next",
];

/// Methods of a stream or an iterator that call a closure with each connection.
const EACH: &[&str] =
    &["for_each", "for_each_concurrent", "try_for_each", "try_for_each_concurrent"];

const SPAWNS: &[&str] =
    &["spawn", "spawn_local", "spawn_blocking", "spawn_task", "spawn_on", "spawn_unchecked"];

/// A loop that takes connections or requests.
#[derive(Clone, Copy, Debug)]
pub struct AcceptLoop {
    pub place: Place,
    /// `true` if nothing in it catches a panic.
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
    let any = |expr: &Expr| matches!(expr, Expr::Method(call) if TAKING.contains(&&*call.name) || EACH.contains(&&*call.name) || call.name.starts_with("serve_connection"));
    if body.is_some_and(|body| body.stmts.iter().any(|stmt| stmt.any(&any))) {
        visit(flow.program(), function, &mut look);
    }
    look
}

struct Look<'l, 'f, 'p, 'a> {
    flow: &'l Flow<'f, 'p, 'a>,
    function: Function<'a>,
    open: Vec<Open<'a>>,
    loops: Vec<AcceptLoop>,
    handlers: Vec<Handler<'a>>,
}

/// The loop that is being read.
struct Open<'a> {
    place: Place,
    /// The arms of its `select!` that take connections; none if it has no such arms.
    arms: Vec<&'a Expr>,
    /// Names that are bound before it.
    bound: usize,
    takes: Takes,
    /// Requests of it are served by a framework's services.
    serves: bool,
    catches: bool,
    spawns: bool,
    /// The loop answers its connections itself.
    answers: bool,
}

/// The kind of value that a loop takes.
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
            Expr::Method(call) if EACH.contains(&&*call.name) => self.each(call, infer, locals),
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
            Takes::Connections => open.serves || open.spawns || open.answers,
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
        let answers = takes == Takes::Connections && !serves && answers(parts, infer, locals);
        let bound = locals.len();
        let arms = accepting_arms(parts);
        self.open.push(Open { place, arms, bound, takes, serves, catches, spawns: false, answers });
        let framework = match takes {
            Takes::Requests => Framework::TinyHttp,
            _ if answers => Framework::Sockets,
            _ => return,
        };
        if let Some(body) = parts.last() {
            self.task(body, place, HashSet::new(), infer, locals, framework);
        }
    }

    /// `TcpListenerStream::new(listener).for_each_concurrent(None, |stream| …)`
    fn each(&mut self, call: &'a MethodCall, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if !is_connections(&call.receiver, infer, locals, DEEPEST) {
            return;
        }
        let (place, bound) = (call.place, locals.len());
        self.open.push(Open {
            place,
            arms: Vec::new(),
            bound,
            takes: Takes::Connections,
            serves: false,
            catches: false,
            spawns: true,
            answers: false,
        });
        call.args.iter().for_each(|arg| self.spawned(arg, infer, locals));
        self.open.pop();
    }

    /// Records the code that a loop starts for each connection.
    fn spawns(&mut self, args: &'a [Expr], infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let Some(open) = self.open.last_mut() else { return };
        let within = |arm: &&Expr| args.iter().any(|arg| arm.any(&|expr| std::ptr::eq(expr, arg)));
        if !open.arms.is_empty() && !open.arms.iter().any(within) {
            return;
        }
        open.spawns = true;
        if open.serves || open.takes != Takes::Connections {
            return;
        }
        for arg in args {
            self.spawned(arg, infer, locals);
        }
    }
}
