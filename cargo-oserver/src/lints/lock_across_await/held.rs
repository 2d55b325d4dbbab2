//! Where a guard is still alive at an await: by the scopes of names and of temporaries, as the edition has them.

use super::Held;
use super::dropped::{Flow, awaiting, branch_of, sequence};
use super::guards::{guard_type, is_future, is_guard, is_named_future, takes};
use crate::flow::{self, Code};
use crate::infer::{Infer, Locals};
use crate::program::{Program, Resolved};
use crate::syntax::{Block, Branch, Expr, Let, Name, Place};

/// From this edition on, `if let` drops its temporaries before `else`, and a block those of its last expression.
const SHORT_TEMPORARIES: u16 = 2024;

pub(super) fn places<'a>(program: &Program<'a>, code: &Code<'a>, edition: u16) -> Vec<Held> {
    let function = code.function();
    let infer = Infer::new(program, program.scope_of(function));
    let mut look = Look { infer: &infer, edition, places: Vec::new() };
    match code {
        Code::Function(function) => {
            if let Some(body) = &function.def.body {
                look.block(body, &mut flow::parameters(&infer, function), &mut None);
            }
        }
        Code::Closure(closure, _, locals) => {
            let mut locals = locals.clone();
            flow::arguments(closure, &infer, &mut locals);
            look.statement(&closure.body, &mut locals);
        }
        Code::Block(body, _, _, locals) => look.statement(body, &mut locals.clone()),
    }
    look.places
}

struct Look<'l, 'p, 'a> {
    infer: &'l Infer<'p, 'a>,
    edition: u16,
    places: Vec<Held>,
}

/// A guard in a temporary of the expression that is being evaluated.
type Temporary = Option<Place>;

impl<'a> Look<'_, '_, 'a> {
    /// `around`: temporaries of the expression that the block is a part of.
    fn block(&mut self, block: &'a Block, locals: &mut Locals<'a>, around: &mut Temporary) {
        let length = locals.len();
        for (index, stmt) in block.stmts.iter().enumerate() {
            let last = block.tail && index + 1 == block.stmts.len();
            if last && self.edition < SHORT_TEMPORARIES {
                self.expr(stmt, locals, around);
            } else {
                self.statement(stmt, locals);
            }
            let Expr::Let(binding) = stmt else { continue };
            let is_held = |init: &&'a Expr| {
                is_guard(init, self.infer, locals) && !is_future(init, self.infer, locals)
            };
            let guard = binding.init.as_ref().filter(is_held);
            let name = guard.and_then(|init| named(binding, init, self.infer, locals));
            if let Some(name) = name
                && name != "_"
                && sequence(&block.stmts[index + 1..], name) == Flow::Awaits
            {
                let taken = guard.map_or_else(Vec::new, |init| takes(init, self.infer, locals));
                self.places.push(Held {
                    place: binding.place,
                    what: format!("the guard `{name}`"),
                    taken,
                });
            }
            // `let users = users.lock().await;`: what is locked has the name before.
            self.infer.bind(stmt, locals);
        }
        locals.truncate(length);
    }

    fn statement(&mut self, stmt: &'a Expr, locals: &mut Locals<'a>) {
        self.expr(stmt, locals, &mut None);
    }

    /// Evaluates in order; `temporary` is a guard that lives until the whole expression ends.
    fn expr(&mut self, expr: &'a Expr, locals: &mut Locals<'a>, temporary: &mut Temporary) {
        match expr {
            Expr::Await(inner) => {
                self.expr(inner, locals, temporary);
                // `x.lock().await`: the guard is there only after the await.
                let own = is_guard(inner, self.infer, locals);
                if let Some(place) = temporary.filter(|place| !own || *place != place_of(inner)) {
                    self.hold(place, "a guard, in a temporary,");
                }
                if is_named_future(inner, self.infer, locals) {
                    temporary.get_or_insert(place_of(inner));
                }
            }
            Expr::Block(block) => self.block(block, locals, temporary),
            // It runs only when it is polled: its guards are its own.
            Expr::Async(block, _) => self.block(block, locals, &mut None),
            Expr::Closure(closure) => {
                let length = locals.len();
                flow::arguments(closure, self.infer, locals);
                self.statement(&closure.body, locals);
                locals.truncate(length);
            }
            Expr::Let(binding) => {
                if let Some(init) = &binding.init {
                    self.expr(init, locals, temporary);
                }
                if let Some(otherwise) = &binding.otherwise {
                    self.statement(otherwise, locals);
                }
            }
            Expr::Branches(branch, subject, arms) => self.branches(*branch, subject, arms, locals),
            Expr::Loop(parts, _) => self.repeated(parts, locals),
            Expr::For(_, parts, _) => {
                // The iterator lives as long as the loop.
                if let [over, body] = parts.as_slice() {
                    let mut kept = None;
                    self.expr(over, locals, &mut kept);
                    self.hold_in(kept, body, "a guard, in the iterator of a `for` loop,");
                    self.statement(body, locals);
                }
            }
            Expr::Macro(path, parts, _) => {
                parts.iter().for_each(|part| self.expr(part, locals, temporary));
                if let Some(place) = temporary.filter(|_| awaiting(path.last())) {
                    self.hold(place, "a guard, in a temporary,");
                }
            }
            _ => {
                expr.parts(&mut |part| self.expr(part, locals, temporary));
                // `map.get(&key).map(|value| value.clone())` gives the guard away.
                if let Expr::Method(call) = expr
                    && matches!(
                        &*call.name,
                        "map" | "map_or" | "map_or_else" | "and_then" | "is_some_and"
                    )
                    && is_guard(&call.receiver, self.infer, locals)
                    && *temporary == Some(place_of(&call.receiver))
                {
                    *temporary = None;
                }
                if is_guard(expr, self.infer, locals) {
                    temporary.get_or_insert(place_of(expr));
                }
            }
        }
    }

    fn branches(
        &mut self,
        branch: Branch,
        subject: &'a [Expr],
        arms: &'a [Expr],
        locals: &mut Locals<'a>,
    ) {
        let length = locals.len();
        let matches = subject.iter().any(|part| part.any(&|expr| matches!(expr, Expr::Let(_))));
        let value = is_value(branch, subject, self.infer, locals);
        let mut kept = None;
        for part in subject {
            self.expr(part, locals, &mut kept);
            self.infer.bind(part, locals);
        }
        // A plain condition drops its temporaries before the block.
        if matches || branch == Branch::Match {
            let short = branch == Branch::If && self.edition >= SHORT_TEMPORARIES;
            let held = if short { &arms[..1.min(arms.len())] } else { arms };
            let what = "a guard, for the whole of its `match` or `if let`,";
            let names: Vec<&str> = subject.iter().flat_map(bound).collect();
            for arm in held {
                let dropped = match arm {
                    // An arm of a `match` binds its names itself.
                    Expr::Block(block) if branch == Branch::Match => {
                        let own = block.stmts.first().map(bound).unwrap_or_default();
                        let rest = block.stmts.get(1..).unwrap_or_default();
                        own.iter().any(|name| sequence(rest, name) != Flow::Awaits)
                    }
                    _ => names.iter().any(|name| branch_of(arm, name) != Flow::Awaits),
                };
                if !(dropped && value) {
                    self.hold_in(kept, arm, what);
                }
            }
        }
        arms.iter().for_each(|arm| self.statement(arm, locals));
        locals.truncate(length);
    }

    fn repeated(&mut self, parts: &'a [Expr], locals: &mut Locals<'a>) {
        let length = locals.len();
        if let [condition, body] = parts {
            let matches = condition.any(&|expr| matches!(expr, Expr::Let(_)));
            let mut kept = None;
            self.expr(condition, locals, &mut kept);
            self.infer.bind(condition, locals);
            if matches {
                self.hold_in(kept, body, "a guard, for the whole body of its `while let`,");
            }
            self.statement(body, locals);
        } else {
            parts.iter().for_each(|part| self.statement(part, locals));
        }
        locals.truncate(length);
    }

    fn hold_in(&mut self, kept: Temporary, body: &Expr, what: &str) {
        if let Some(place) = kept.filter(|_| branch_of(body, "") == Flow::Awaits) {
            self.hold(place, what);
        }
    }

    fn hold(&mut self, place: Place, what: &str) {
        if !self.places.iter().any(|known| known.place == place) {
            self.places.push(Held { place, what: what.to_owned(), taken: vec![place] });
        }
    }
}

/// Returns the name that a `let` gives to the guard: of the tuple's part that is one.
fn named<'a, 'b>(
    binding: &'b Let,
    init: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> Option<&'b str> {
    let of_guard = |way: &[Name]| match (init, way.first()) {
        (Expr::Tuple(parts), Some(index)) => {
            let part = index.parse::<usize>().ok().and_then(|index| parts.get(index));
            part.is_none_or(|part| is_guard(part, infer, locals))
        }
        // `let (id, guard) = make().await?;`
        (_, Some(index)) => match flow::within(&infer.expr(init, locals)) {
            Resolved::All(parts) => {
                let part = index.parse::<usize>().ok().and_then(|index| parts.get(index));
                part.is_none_or(|part| *part == Resolved::Unknown || guard_type(infer, part))
            }
            _ => true,
        },
        _ => true,
    };
    let mut names = binding.pattern.bindings.iter();
    names.find(|binding| of_guard(&binding.way)).map(|binding| &*binding.name)
}

/// Returns names that the subject of a `match` or `if let` binds.
fn bound(subject: &Expr) -> Vec<&str> {
    match subject {
        Expr::Let(binding) => {
            binding.pattern.bindings.iter().map(|binding| &*binding.name).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns `true` if the subject is the guard itself, so that dropping its name drops it.
fn is_value<'a>(
    branch: Branch,
    subject: &'a [Expr],
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> bool {
    subject.iter().any(|part| match part {
        Expr::Let(binding) => {
            binding.init.as_ref().is_some_and(|init| is_guard(init, infer, locals))
        }
        part => branch == Branch::Match && is_guard(part, infer, locals),
    })
}

fn place_of(expr: &Expr) -> Place {
    match expr {
        Expr::Method(call) => call.place,
        Expr::Call(_, _, place) | Expr::Path(_, place) => *place,
        Expr::Same(inner) | Expr::Await(inner) | Expr::Deref(inner) => place_of(inner),
        _ => Place::default(),
    }
}
