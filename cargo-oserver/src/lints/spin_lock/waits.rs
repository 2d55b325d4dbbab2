//! A wait until another request changes a value that this request changes, too: in a loop, an iterator without an end, or a function
//! that calls itself.

use std::collections::HashSet;

use super::cells::{Cell, Kind, Operation, carried};
use super::expressions::{WAITS, ends_loop, ends_with_continue, polled};
use super::repetition::{calls, ends_iterator, is_endless, retries};
use crate::flow::Visit;
use crate::infer::{Infer, Locals};
use crate::syntax::{Closure, Expr, Name, Place};

/// The operations and waits of one function, in the order of the source.
pub(super) struct Waits<'a, 't> {
    /// Functions that try to set a flag, and say whether they have.
    tries: &'t HashSet<Name>,
    /// The function runs for a request: what it makes is shared by no other.
    is_reached: bool,
    operations: Vec<(&'a Expr, Operation<'a>)>,
    loops: Vec<&'a Expr>,
    /// Iterators without an end, and what tries again, with their places.
    repeated: Vec<(&'a Expr, Place)>,
    polled: Vec<(&'a Closure, Place)>,
    branches: Vec<(&'a [Expr], &'a [Expr])>,
    /// `receiver.wait_for(..)`, after so many operations.
    waited_for: Vec<(&'a Expr, usize, Cell<'a>)>,
}

impl<'a> Visit<'a> for Waits<'a, '_> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if let Some(operation) = Operation::of(expr, infer, locals)
            && !(self.is_reached && is_made_here(&operation.call.receiver, locals))
        {
            self.operations.push((expr, operation));
        }
        self.polled.extend(polled(expr));
        self.repeated.extend(retries(expr).map(|place| (expr, place)));
        match expr {
            Expr::Loop(..) => self.loops.push(expr),
            Expr::For(_, parts, _) if parts.first().is_some_and(is_endless) => {
                self.loops.push(expr);
            }
            Expr::Branches(_, subject, arms) => self.branches.push((subject, arms)),
            Expr::Method(call) if ends_iterator(&call.name) && is_endless(&call.receiver) => {
                self.repeated.push((expr, call.place));
            }
            Expr::Method(call) if &*call.name == "wait_for" => {
                if let Some(ty) = carried(&infer.expr(&call.receiver, locals)) {
                    let cell = Cell::Carried(ty.clone());
                    self.waited_for.push((expr, self.operations.len(), cell));
                }
            }
            _ => {}
        }
    }
}

/// Returns `true` for an expression with which a wait begins.
pub(super) fn may_begin(expr: &Expr) -> bool {
    match expr {
        Expr::Loop(..) | Expr::For(..) => true,
        Expr::Method(call) => {
            let is_change = matches!(&*call.name, "swap" | "update" | "try_update")
                || call.name.starts_with("compare_")
                || call.name.starts_with("fetch_");
            is_change || &*call.name == "wait_for"
        }
        _ => false,
    }
}

impl<'a, 't> Waits<'a, 't> {
    pub(super) fn new(tries: &'t HashSet<Name>, is_reached: bool) -> Self {
        Self {
            tries,
            is_reached,
            operations: Vec::new(),
            loops: Vec::new(),
            repeated: Vec::new(),
            polled: Vec::new(),
            branches: Vec::new(),
            waited_for: Vec::new(),
        }
    }

    /// Returns the places of the waits in the body of a function of this name.
    pub(super) fn found(&self, name: &str) -> Vec<Place> {
        if self.operations.is_empty() && self.loops.is_empty() {
            return Vec::new();
        }
        let loops = self.loops.iter().filter_map(|expr| self.of_loop(expr));
        let repeated = self.repeated.iter().filter_map(|(expr, place)| {
            self.below(expr).any(|(_, operation)| operation.takes()).then_some(*place)
        });
        let polled = self.polled.iter().filter_map(|(closure, place)| {
            self.below(&closure.body).any(|(_, operation)| operation.takes()).then_some(*place)
        });
        let itself = self.branches.iter().filter_map(|(subject, arms)| {
            let mut operations = subject.iter().flat_map(|part| self.below(part));
            let (_, taken) = operations.find(|(_, operation)| operation.takes())?;
            let again = arms.iter().any(|arm| arm.any(&|expr| calls(expr, name)));
            again.then_some(taken.call.place)
        });
        let waited_for = self.waited_for.iter().filter_map(|(expr, index, cell)| {
            let Expr::Method(call) = expr else { return None };
            let in_loop =
                self.loops.iter().any(|outer| outer.any(&|part| std::ptr::eq(part, *expr)));
            (self.is_reached && !in_loop && self.is_given(cell, *index)).then_some(call.place)
        });
        loops.chain(repeated).chain(polled).chain(itself).chain(waited_for).collect()
    }

    fn of_loop(&self, expr: &'a Expr) -> Option<Place> {
        let (condition, body, place) = match expr {
            Expr::Loop(parts, place) => match parts.as_slice() {
                [condition, body] => (Some(condition), body, *place),
                parts => (None, parts.first()?, *place),
            },
            Expr::For(_, parts, place) => (None, parts.get(1)?, *place),
            _ => return None,
        };
        let is_idle = self.is_idle(body);
        let has_pattern =
            condition.is_some_and(|part| part.any(&|part| matches!(part, Expr::Let(_))));
        let deciding = self.deciding(condition, body);
        let tries = |part: &&Expr| part.any(&|part| self.tries(part));
        if is_idle && !has_pattern && deciding.iter().any(tries) {
            return Some(place);
        }
        let after = self.below(expr).map(|(index, _)| index + 1).max()?;
        let mut operations = deciding.into_iter().flat_map(|part| self.below(part));
        let waits = operations.any(|(_, operation)| {
            let is_given =
                match operation.counts_back() {
                    Some(back) => self.operations.iter().skip(after).any(|(_, later)| {
                        later.cell == operation.cell && &*later.call.name == back
                    }),
                    None => self.is_given(&operation.cell, after),
                };
            match (operation.kind, &operation.cell) {
                (Kind::Read, cell) => {
                    // A loop that changes the value goes on by itself.
                    let changes = self
                        .below(body)
                        .any(|(_, other)| other.kind != Kind::Read && other.cell == *cell);
                    is_idle
                        && is_given
                        && !changes
                        && (self.is_reached || matches!(cell, Cell::Name(_)))
                }
                (Kind::Change, Cell::Name(_)) => {
                    // A flag that says that there is more to do is reset, too.
                    let is_taken = is_given && (is_idle || operation.takes());
                    is_taken
                        || (is_idle
                            && !has_pattern
                            && operation.takes()
                            && !is_retry(operation, body))
                }
                _ => false,
            }
        });
        waits.then_some(place)
    }

    /// Operations in an expression, with their numbers.
    fn below(&self, expr: &'a Expr) -> impl Iterator<Item = (usize, &Operation<'a>)> {
        let mut parts: Vec<*const Expr> = Vec::new();
        expr.walk(&mut |part| {
            parts.push(part);
            true
        });
        let operations = self.operations.iter().enumerate();
        operations.filter_map(move |(index, (part, operation))| {
            parts.contains(&std::ptr::from_ref(*part)).then_some((index, operation))
        })
    }

    /// Returns `true` if an operation from this number on changes the value.
    fn is_given(&self, cell: &Cell<'a>, from: usize) -> bool {
        let mut later = self.operations.iter().skip(from);
        later.any(|(_, operation)| {
            // The next round of a race gives nothing back.
            let is_race = operation.call.name.starts_with("compare_");
            operation.kind != Kind::Read && !is_race && operation.cell == *cell
        })
    }

    /// Returns `true` for a call of a function that tries to set a flag.
    fn tries(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(callee, _, _) => {
                matches!(&**callee, Expr::Path(path, _) if self.tries.iter().any(|name| **name == *path.last()))
            }
            Expr::Method(call) => self.tries.contains(&call.name),
            _ => false,
        }
    }

    /// Expressions whose values decide whether the loop goes on.
    fn deciding(&self, condition: Option<&'a Expr>, body: &'a Expr) -> Vec<&'a Expr> {
        let mut parts: Vec<&'a Expr> = condition.into_iter().collect();
        let mut named: Vec<(&str, &'a Expr)> = Vec::new();
        let mut looked_at: Vec<&'a Expr> = Vec::new();
        body.walk(&mut |expr| {
            match expr {
                Expr::Closure(_) => return false,
                Expr::Let(binding) => {
                    let names = binding.pattern.bindings.iter().map(|binding| &*binding.name);
                    named.extend(
                        binding
                            .init
                            .iter()
                            .flat_map(|init| names.clone().map(move |name| (name, init))),
                    );
                    if binding.otherwise.as_deref().is_some_and(ends_with_continue) {
                        parts.extend(&binding.init);
                    }
                }
                Expr::Branches(_, subject, arms)
                    if arms.iter().any(|arm| ends_loop(arm) || ends_with_continue(arm)) =>
                {
                    looked_at.extend(subject);
                }
                _ => {}
            }
            true
        });
        for part in looked_at {
            parts.push(part);
            part.walk(&mut |expr| {
                if let Expr::Path(path, _) = expr {
                    let of_name = named.iter().filter(|(name, _)| path.single() == Some(*name));
                    parts.extend(of_name.map(|(_, init)| *init));
                    let setters =
                        self.below(body).filter(|(_, operation)| sets(operation, path.single()));
                    parts.extend(setters.map(|(index, _)| self.operations[index].0));
                }
                true
            });
        }
        parts
    }

    /// Returns `true` if a body does nothing but look and let time pass.
    fn is_idle(&self, body: &'a Expr) -> bool {
        const FUNCTIONS: &[&str] = &["ptr_eq", "drop", "Some", "Ok", "Err", "null_mut", "pin"];
        const METHODS: &[&str] = &[
            "is_some",
            "is_none",
            "is_ok",
            "is_err",
            "is_null",
            "unwrap",
            "clone",
            "as_ref",
            "wake_by_ref",
            "changed",
            "notified",
            "tick",
            "spin",
            "snooze",
            "cloned",
            "copied",
        ];
        let mut is_idle = true;
        body.walk(&mut |expr| {
            let is_operation = self.tries(expr)
                || self.operations.iter().any(|(part, _)| std::ptr::eq(*part, expr));
            is_idle &= match expr {
                Expr::Call(..) if is_operation => true,
                Expr::Call(callee, _, _) => {
                    matches!(&**callee, Expr::Path(path, _) if WAITS.contains(&path.last()) || FUNCTIONS.contains(&path.last()))
                }
                Expr::Method(call) => is_operation || METHODS.contains(&&*call.name),
                Expr::Macro(..) | Expr::Assign(..) => false,
                _ => true,
            };
            is_idle && !is_operation
        });
        is_idle
    }
}

/// Returns `true` for an atomic number that the function itself makes: `let seen = AtomicBool::new(false); let seen = &seen;`.
fn is_made_here(expr: &Expr, locals: &Locals<'_>) -> bool {
    match expr.bare() {
        Expr::Path(path, _) => {
            let Some(local) = path.single().and_then(|name| locals.get(name)) else { return false };
            local.init.is_some_and(|init| is_made_here(init, &locals.before(&local.name)))
        }
        Expr::Call(callee, args, _) => {
            let Expr::Path(path, _) = &**callee else { return false };
            let of =
                |known: &str| path.segments.iter().any(|segment| segment.name.starts_with(known));
            match path.last() {
                "new" | "default" if of("Atomic") => true,
                "new" | "clone" if of("Arc") => {
                    args.first().is_some_and(|inner| is_made_here(inner, locals))
                }
                _ => false,
            }
        }
        Expr::Method(call) if &*call.name == "clone" => is_made_here(&call.receiver, locals),
        _ => false,
    }
}

/// `place.rcu(|old| { won = !old.busy; .. })`
fn sets(operation: &Operation<'_>, name: Option<&str>) -> bool {
    let Some(name) = name else { return false };
    let assigns = |expr: &Expr| matches!(expr, Expr::Assign(to, _) if matches!(to.bare(), Expr::Path(path, _) if path.single() == Some(name)));
    operation.call.args.iter().any(|arg| arg.any(&assigns))
}

/// `compare_exchange(seen, ..)` with a value that the loop has read before: the next round has a newer one.
fn is_retry(operation: &Operation<'_>, body: &Expr) -> bool {
    let Some(Expr::Path(path, _)) = operation.call.args.first().map(Expr::bare) else {
        return false;
    };
    let Some(expected) = path.single() else { return false };
    operation.call.name.starts_with("compare_")
        && body.any(&|expr| {
            matches!(expr, Expr::Let(binding) if binding.pattern.bindings.iter().any(|binding| &*binding.name == expected))
        })
}
