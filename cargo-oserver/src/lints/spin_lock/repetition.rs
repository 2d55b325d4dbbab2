//! Forms of repetition that are no loop: iterators without an end, functions that call themselves, crates that try again.

use crate::syntax::{Expr, Place};

/// Returns the place of a call that tries a closure until it succeeds: `Retry::spawn(strategy, || ..)`, `(|| ..).retry(..)`.
pub(super) fn retries(expr: &Expr) -> Option<Place> {
    match expr {
        Expr::Call(callee, _, place) => match &**callee {
            Expr::Path(path, _) => {
                let is_crate = |name: &str| matches!(name, "Retry" | "RetryIf" | "retry");
                let mut names = path.segments.iter().map(|segment| &*segment.name);
                names.any(is_crate).then_some(*place)
            }
            _ => None,
        },
        Expr::Method(call) if &*call.name == "retry" => Some(call.place),
        _ => None,
    }
}

/// Returns `true` for a call of a function or method of this name.
pub(super) fn calls(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Call(callee, _, _) => matches!(&**callee, Expr::Path(path, _) if path.last() == name),
        Expr::Method(call) => &*call.name == name,
        _ => false,
    }
}

/// Returns `true` for a method that asks an iterator for items until it has found one.
pub(super) fn ends_iterator(method: &str) -> bool {
    matches!(
        method,
        "find"
            | "find_map"
            | "any"
            | "all"
            | "position"
            | "take_while"
            | "skip_while"
            | "try_for_each"
            | "try_fold"
            | "map_while"
    )
}

/// `repeat_with(..)`, `0..`, and what adaptors make of them.
pub(super) fn is_endless(expr: &Expr) -> bool {
    match expr.bare() {
        Expr::Method(call) => &*call.name == "cycle" || is_endless(&call.receiver),
        Expr::Call(callee, args, _) => {
            const NAMES: &[&str] = &["repeat", "repeat_with", "from_fn", "successors"];
            let Expr::Path(path, _) = &**callee else { return false };
            NAMES.contains(&path.last())
                || (path.last() == "iter" && args.first().is_some_and(is_endless))
        }
        Expr::Other(parts) => matches!(parts.as_slice(), [Expr::Literal(_)]),
        _ => false,
    }
}
