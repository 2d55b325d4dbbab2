//! A loop that goes on until it has set an atomic flag, or until an atomic number has the value that it waits for: a lock that no type
//! shows. And a flag that a function sets and sets back itself: a panic in between leaves it set for all.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::Function;
use crate::syntax::{Branch, Closure, Expr, MethodCall, Place};

pub(super) const LINT: Lint = Lint {
    name: "spin-lock",
    level: Level::Warn,
    summary: "a loop waits until it has set an atomic flag, or a function sets one and sets it back",
    page: include_str!("pages/spin-lock.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for function in context.functions() {
        let mut look = Look { context, function, findings };
        visit(context.program, function, &mut look);
        look.set_and_set_back();
    }
    super::actor_flag::check(context, findings);
}

struct Look<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    findings: &'l mut Vec<Finding>,
}

impl Look<'_, '_, '_> {
    fn found(&mut self, place: Place, waits: &str) {
        let name = &self.function.def.name;
        self.report(
            place,
            format!(
                "`{name}` waits in a loop until it has {waits}: who panics or hangs before it is set back stops all others"
            ),
        );
    }

    fn report(&mut self, place: Place, message: String) {
        let name = &self.function.def.name;
        let mut finding = self.context.finding(&LINT, self.function.module, place);
        finding.subject = name.to_string();
        finding.message = message;
        finding.help = "let an actor do the work that must not overlap".to_owned();
        self.findings.push(finding);
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
                "`{name}` sets the flag `{flag}` and sets it back: a panic or the deadline in between leaves the flag set, and every later \
                 request finds it so"
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

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, _: &Infer<'_, 'a>, _: &Locals<'a>) {
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

/// Returns the last name of a path or a field.
fn last_name(expr: &Expr) -> Option<&str> {
    match expr.bare() {
        Expr::Path(path, _) => Some(path.last()),
        Expr::Field(_, name) => Some(name),
        _ => None,
    }
}

/// Returns the name of the atomic number that a condition reads.
fn loaded(condition: &Expr) -> Option<&str> {
    let mut found = None;
    condition.walk(&mut |expr| {
        if let Expr::Method(call) = expr
            && &*call.name == "load"
            && call.args.first().is_some_and(is_ordering)
        {
            found = found.or_else(|| last_name(&call.receiver));
        }
        found.is_none()
    });
    found
}

/// Returns `true` if a body does nothing but let time pass.
fn only_waits(body: &Expr) -> bool {
    const WAITS: [&str; 7] = [
        "spin_loop",
        "yield_now",
        "sleep",
        "from_millis",
        "from_micros",
        "from_nanos",
        "from_secs",
    ];
    !body.any(&|expr| match expr {
        Expr::Call(callee, _, _) => {
            !matches!(&**callee, Expr::Path(path, _) if WAITS.contains(&path.last()))
        }
        Expr::Method(_)
        | Expr::Macro(..)
        | Expr::Assign(..)
        | Expr::Branches(..)
        | Expr::Return(_) => true,
        _ => false,
    })
}

fn is_ordering(expr: &Expr) -> bool {
    const NAMES: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];
    matches!(expr.bare(), Expr::Path(path, _) if NAMES.contains(&path.last()))
}

/// Returns `true` for `swap(true, ..)`, `compare_exchange(false, true, ..)`, or the same with 0 and 1: constants, so it is no update of a value that was
/// read.
fn sets_a_flag(call: &MethodCall) -> bool {
    let literal = |index: usize| match call.args.get(index).map(Expr::bare) {
        Some(Expr::Literal(text)) => &**text,
        _ => "",
    };
    match &*call.name {
        // `list.swap(1, 0)` is none.
        "swap" => matches!(literal(0), "true" | "1") && call.args.get(1).is_some_and(is_ordering),
        "compare_exchange" | "compare_exchange_weak" => {
            // From a constant to whatever says who has it: `compare_exchange(0, own_id, ..)`.
            matches!(literal(0), "false" | "0") && !matches!(literal(1), "false" | "0")
        }
        _ => false,
    }
}

/// Returns `true` for `store(false, ..)`, or the same with 0.
fn sets_back(call: &MethodCall) -> bool {
    let first = call.args.first().map(Expr::bare);
    matches!(&*call.name, "store" | "swap")
        && matches!(first, Some(Expr::Literal(text)) if matches!(&**text, "false" | "0"))
        && call.args.get(1).is_some_and(is_ordering)
}

/// `poll_fn(|context| if served.load(..) == ticket { Poll::Ready(()) } else { Poll::Pending })`: a loop that the runtime goes round.
fn polled(expr: &Expr) -> Option<(&Closure, Place)> {
    let Expr::Call(callee, args, place) = expr else { return None };
    let polls = matches!(&**callee, Expr::Path(path, _) if path.last() == "poll_fn");
    match args.first() {
        Some(Expr::Closure(closure)) if polls => Some((closure, *place)),
        _ => None,
    }
}

/// The atomic number that an expression counts up or down, and where.
fn counts<'e>(expr: &'e Expr, method: &str) -> Option<(&'e str, Place)> {
    let mut found = None;
    expr.walk(&mut |part| {
        if let Expr::Method(call) = part
            && &*call.name == method
            && call.args.get(1).is_some_and(is_ordering)
        {
            found = found.or_else(|| Some((last_name(&call.receiver)?, call.place)));
        }
        found.is_none()
    });
    found
}

/// `Arc::strong_count(&token)`: who has one keeps the others waiting.
fn counts_owners(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(callee, _, _)
        if matches!(&**callee, Expr::Path(path, _) if matches!(path.last(), "strong_count" | "weak_count")))
}

/// `if let Some(token) = place.swap(None) { break token; }` of an `ArcSwapOption`.
fn takes_out(body: &Expr) -> bool {
    let swaps = |expr: &Expr| {
        matches!(expr, Expr::Method(call) if &*call.name == "swap"
            && matches!(call.args.as_slice(), [Expr::Path(path, _)] if path.single() == Some("None")))
    };
    body.any(&|expr| {
        matches!(expr, Expr::Branches(_, subject, arms)
            if subject.iter().any(|part| part.any(&swaps)) && arms.iter().any(ends_loop))
    })
}

/// Whether a flag that the body of a loop sets is what the loop goes on for: `if !flag.swap(true, ..) { break; }`. Where the loop ends for
/// another reason, the flag says that something has happened.
fn ends_when_set(body: &Expr) -> bool {
    let mut named: Vec<(&str, &Expr)> = Vec::new();
    let mut ends = false;
    body.walk(&mut |expr| {
        match expr {
            Expr::Closure(_) => return false,
            Expr::Let(binding) => {
                if let (Some(init), [name]) = (&binding.init, &*binding.pattern.bindings) {
                    named.push((&name.name, init));
                }
            }
            Expr::Branches(branch, subject, arms) => {
                let exits = |index: usize| arms.get(index).is_some_and(ends_loop);
                let goes_on = |index: usize| arms.get(index).is_some_and(ends_with_continue);
                ends |= subject.iter().any(|condition| match set_in_then(condition, &named) {
                    Some(_) if *branch == Branch::Match => arms.iter().any(ends_loop),
                    Some(true) => exits(0) || goes_on(1),
                    Some(false) => exits(1) || goes_on(0),
                    None => false,
                });
            }
            _ => {}
        }
        !ends
    });
    ends
}

/// Returns whether a condition that sets a flag is true after it has set the flag; `None` for a condition that sets none.
fn set_in_then(condition: &Expr, named: &[(&str, &Expr)]) -> Option<bool> {
    match condition.bare() {
        Expr::Path(path, _) => {
            let (_, init) = named.iter().rev().find(|(name, _)| path.single() == Some(name))?;
            set_in_then(init, &[])
        }
        Expr::Method(call) if sets_a_flag(call) => Some(&*call.name != "swap"),
        Expr::Method(call) => {
            Some(set_in_then(&call.receiver, named)? == (&*call.name != "is_err"))
        }
        // `!flag.swap(true, ..)`
        Expr::Other(parts) => match parts.as_slice() {
            [inner] => set_in_then(inner, named).map(|is_set| !is_set),
            parts => parts.iter().find_map(|part| set_in_then(part, named)),
        },
        _ => None,
    }
}

fn ends_loop(arm: &Expr) -> bool {
    arm.any(&|expr| matches!(expr, Expr::Return(_)))
}

fn ends_with_continue(arm: &Expr) -> bool {
    let Expr::Block(block) = arm else { return false };
    matches!(block.stmts.last(), Some(Expr::Other(parts)) if parts.is_empty())
}

/// Returns `true` for `loop { changes.wait_for(..).await; if sender.send_if_modified(..) { break; } }`
fn waits_for_a_watch(parts: &[Expr]) -> bool {
    let calls = |names: &[&str]| {
        let is_one =
            |expr: &Expr| matches!(expr, Expr::Method(call) if names.contains(&&*call.name));
        parts.iter().any(|part| part.any(&is_one))
    };
    calls(&["wait_for", "changed"]) && calls(&["send_if_modified"])
}

/// As the condition of a loop: `fetch_or(1, ..) & 1 != 0`, `fetch_update(..).is_err()`, or `!sender.send_if_modified(..)` of `tokio::sync::watch`.
fn sets_a_flag_and_goes_on(call: &MethodCall) -> bool {
    match &*call.name {
        "fetch_or" | "fetch_max" => {
            matches!(call.args.first().map(Expr::bare), Some(Expr::Literal(flag)) if matches!(&**flag, "true" | "1"))
                && call.args.get(1).is_some_and(is_ordering)
        }
        "send_if_modified" => true,
        "fetch_update" => call.args.first().is_some_and(is_ordering),
        _ => false,
    }
}
