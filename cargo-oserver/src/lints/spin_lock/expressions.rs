//! Expressions that make a lock of an atomic number, recognized by their form.

use crate::syntax::{Branch, Closure, Expr, MethodCall, Place};

/// Returns the last name of a path or a field.
pub(super) fn last_name(expr: &Expr) -> Option<&str> {
    match expr.bare() {
        Expr::Path(path, _) => Some(path.last()),
        Expr::Field(_, name) => Some(name),
        _ => None,
    }
}

/// Returns the name of the atomic number that a condition reads.
pub(super) fn loaded(condition: &Expr) -> Option<&str> {
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

/// Functions that let time pass, and those that make their durations.
pub(super) const WAITS: [&str; 7] =
    ["spin_loop", "yield_now", "sleep", "from_millis", "from_micros", "from_nanos", "from_secs"];

/// Returns `true` if a body does nothing but let time pass.
pub(super) fn only_waits(body: &Expr) -> bool {
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

pub(super) fn is_ordering(expr: &Expr) -> bool {
    const NAMES: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];
    matches!(expr.bare(), Expr::Path(path, _) if NAMES.contains(&path.last()))
}

/// Returns `true` for `swap(true, ..)`, `compare_exchange(false, true, ..)`, or the same with 0 and 1: constants, so it is no update of a value that was
/// read.
pub(super) fn sets_a_flag(call: &MethodCall) -> bool {
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
pub(super) fn sets_back(call: &MethodCall) -> bool {
    let first = call.args.first().map(Expr::bare);
    matches!(&*call.name, "store" | "swap")
        && matches!(first, Some(Expr::Literal(text)) if matches!(&**text, "false" | "0"))
        && call.args.get(1).is_some_and(is_ordering)
}

/// `poll_fn(|context| if served.load(..) == ticket { Poll::Ready(()) } else { Poll::Pending })`: a loop that the runtime goes round.
pub(super) fn polled(expr: &Expr) -> Option<(&Closure, Place)> {
    let Expr::Call(callee, args, place) = expr else { return None };
    let polls = matches!(&**callee, Expr::Path(path, _) if path.last() == "poll_fn");
    match args.first() {
        Some(Expr::Closure(closure)) if polls => Some((closure, *place)),
        _ => None,
    }
}

/// The atomic number that an expression counts up or down, and where.
pub(super) fn counts<'e>(expr: &'e Expr, method: &str) -> Option<(&'e str, Place)> {
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
pub(super) fn counts_owners(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(callee, _, _)
        if matches!(&**callee, Expr::Path(path, _) if matches!(path.last(), "strong_count" | "weak_count")))
}

/// `if let Some(token) = place.swap(None) { break token; }` of an `ArcSwapOption`.
pub(super) fn takes_out(body: &Expr) -> bool {
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
pub(super) fn ends_when_set(body: &Expr) -> bool {
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

pub(super) fn ends_loop(arm: &Expr) -> bool {
    arm.any(&|expr| matches!(expr, Expr::Return(_)))
}

pub(super) fn ends_with_continue(arm: &Expr) -> bool {
    let Expr::Block(block) = arm else { return false };
    matches!(block.stmts.last(), Some(Expr::Other(parts)) if parts.is_empty())
}

/// Returns `true` for `loop { changes.wait_for(..).await; if sender.send_if_modified(..) { break; } }`
pub(super) fn waits_for_a_watch(parts: &[Expr]) -> bool {
    let calls = |names: &[&str]| {
        let is_one =
            |expr: &Expr| matches!(expr, Expr::Method(call) if names.contains(&&*call.name));
        parts.iter().any(|part| part.any(&is_one))
    };
    calls(&["wait_for", "changed"]) && calls(&["send_if_modified"])
}

/// As the condition of a loop: `fetch_or(1, ..) & 1 != 0`, `fetch_update(..).is_err()`, or `!sender.send_if_modified(..)` of `tokio::sync::watch`.
pub(super) fn sets_a_flag_and_goes_on(call: &MethodCall) -> bool {
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
