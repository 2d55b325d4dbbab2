//! A loop that goes on until it has set an atomic flag, or until an atomic number has the value that it waits for: a lock that no type
//! shows. And a flag that a function sets and sets back itself: a panic in between leaves it set for all.

mod actor_flag;
mod cells;
mod expressions;
mod repetition;
mod waits;

use std::collections::{BTreeSet, HashSet};

use self::expressions::{
    counts, counts_owners, ends_when_set, is_ordering, last_name, loaded, only_waits, polled,
    sets_a_flag, sets_a_flag_and_goes_on, sets_back, takes_out, waits_for_a_watch,
};
use self::waits::Waits;
use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::flow::visit;
use crate::program::Function;
use crate::syntax::{Expr, Name, Place};

pub(super) const LINT: Lint = Lint {
    name: "spin-lock",
    level: Level::Warn,
    summary: "a loop waits until it has set an atomic flag, or a function sets a flag and resets it",
    page: include_str!("../pages/spin-lock.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let tries = context.functions().filter(|function| tries(function));
    let tries: HashSet<Name> = tries.map(|function| function.def.name).collect();
    for function in context.functions() {
        let mut look = Look { context, function, places: BTreeSet::new(), findings };
        for stmt in function.def.body.iter().flat_map(|body| &body.stmts) {
            stmt.walk(&mut |expr| {
                look.expr(expr);
                true
            });
        }
        look.set_and_set_back();
        look.waits(&tries);
    }
    actor_flag::check(context, findings);
}

/// Returns `true` for `fn try_lock(&self) -> bool { !self.flag.swap(true, ..) }`
fn tries(function: &Function<'_>) -> bool {
    let sets = |expr: &Expr| matches!(expr, Expr::Method(call) if sets_a_flag(call));
    let output = function.def.output.as_ref().map(ToString::to_string).unwrap_or_default();
    let says_whether =
        output == "bool" || output.starts_with("Option") || output.starts_with("Result");
    says_whether && function.def.any(&sets)
}

struct Look<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    /// The places with a finding.
    places: BTreeSet<Place>,
    findings: &'l mut Vec<Finding>,
}

impl Look<'_, '_, '_> {
    fn found(&mut self, place: Place, waits: &str) {
        let name = &self.function.def.name;
        self.report(
            place,
            format!(
                "`{name}` waits in a loop until it has {waits}: a request that panics or hangs before the reset stops all others"
            ),
        );
    }

    fn report(&mut self, place: Place, message: String) {
        if !self.places.insert(place) {
            return;
        }
        let name = &self.function.def.name;
        let mut finding = self.context.finding(&LINT, self.function.module, place);
        finding.subject = name.to_string();
        finding.message = message;
        finding.help = "let an actor do the work that must not overlap".to_owned();
        self.findings.push(finding);
    }

    /// All other waits until another request changes a value.
    fn waits(&mut self, tries: &HashSet<Name>) {
        if !self.function.def.any(&waits::may_begin) {
            return;
        }
        let index = self.context.program.index_of(self.function);
        let is_reached = index.is_some_and(|index| self.context.reached.contains(&index));
        let mut waits = Waits::new(tries, is_reached);
        visit(self.context.program, self.function, &mut waits);
        let name = &self.function.def.name;
        for place in waits.found(name) {
            let message = format!(
                "`{name}` waits until another request has changed a value, and changes it, too: a request that panics or hangs \
                 between the two stops all others"
            );
            self.report(place, message);
        }
    }

    /// `if BUSY.swap(true, ..) { return busy(); } work(); BUSY.store(false, ..);`
    fn set_and_set_back(&mut self) {
        let Some(body) = self.function.def.body.as_deref() else { return };
        let mut set: Vec<(&str, Place)> = Vec::new();
        let mut back: Vec<&str> = Vec::new();
        for stmt in &body.stmts {
            stmt.walk(&mut |expr| {
                // A loop has its own finding, and a closure or a value that is dropped may set the flag back after a panic.
                if matches!(expr, Expr::Loop(..) | Expr::Closure(_)) {
                    return false;
                }
                // `if COUNT.fetch_add(1, ..) >= LIMIT { COUNT.fetch_sub(1, ..); return busy(); }`
                if let Expr::Branches(_, subject, _) = expr
                    && let Some(counted) = subject.iter().find_map(|part| counts(part, "fetch_add"))
                {
                    set.push(counted);
                    return false;
                }
                back.extend(counts(expr, "fetch_sub").map(|(name, _)| name));
                let Expr::Method(call) = expr else { return true };
                let Some(name) = last_name(&call.receiver) else { return true };
                if sets_a_flag(call) {
                    set.push((name, call.place));
                } else if sets_back(call) {
                    back.push(name);
                }
                true
            });
        }
        if let Some((flag, place)) = set.into_iter().find(|(name, _)| back.contains(name)) {
            let name = &self.function.def.name;
            let message = format!(
                "`{name}` sets the flag `{flag}` and resets it: a panic or a deadline between the two leaves the flag set for every later \
                 request"
            );
            self.report(place, message);
        }
    }

    /// Returns `true` if the function itself changes an atomic number of this name.
    fn changes(&self, name: &str) -> bool {
        let changes = |expr: &Expr| {
            let Expr::Method(call) = expr else { return false };
            (&*call.name == "store" || &*call.name == "swap" || call.name.starts_with("fetch_"))
                && call.args.last().is_some_and(is_ordering)
                && last_name(&call.receiver) == Some(name)
        };
        let body = self.function.def.body.as_deref();
        body.is_some_and(|body| body.stmts.iter().any(|stmt| stmt.any(&changes)))
    }
}

impl Look<'_, '_, '_> {
    fn expr(&mut self, expr: &Expr) {
        if let Some((closure, place)) = polled(expr)
            && let Some(name) = loaded(&closure.body)
            && self.changes(name)
        {
            self.found(place, &format!("seen the value of `{name}` that it waits for"));
        }
        let Expr::Loop(parts, place) = expr else { return };
        let sets = |expr: &Expr| matches!(expr, Expr::Method(call) if sets_a_flag(call));
        let (condition, body) = match parts.as_slice() {
            [condition, body] => (Some(condition), body),
            _ => (None, &parts[0]),
        };
        let sets_first =
            |expr: &Expr| matches!(expr, Expr::Method(call) if sets_a_flag_and_goes_on(call));
        let in_condition = condition.is_some_and(|condition| condition.any(&sets));
        let has_pattern = |condition: &Expr| condition.any(&|part| matches!(part, Expr::Let(_)));
        if in_condition
            || condition.is_some_and(|condition| condition.any(&counts_owners)) && only_waits(body)
            || takes_out(body)
            || condition.and_then(|condition| counts(condition, "fetch_add")).is_some_and(
                |(name, _)| {
                    body.any(&|part| {
                        counts(part, "fetch_sub").is_some_and(|(other, _)| other == name)
                    })
                },
            )
            || (!condition.is_some_and(has_pattern) && ends_when_set(body))
            || condition.is_some_and(|condition| condition.any(&sets_first))
            || waits_for_a_watch(parts)
        {
            self.found(*place, "set a flag");
        } else if let Some(name) = condition.and_then(loaded)
            && only_waits(body)
            && self.changes(name)
        {
            self.found(*place, &format!("seen the value of `{name}` that it waits for"));
        }
    }
}
