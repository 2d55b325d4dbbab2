//! A lock's guard that a handler holds while it waits for something else.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::handlers::Code;
use crate::syntax::{Block, Expr, MethodCall, Place};

pub(super) const LINT: Lint = Lint {
    name: "lock-across-await",
    level: Level::Deny,
    summary: "a handler holds a lock's guard across an await",
    page: include_str!("pages/lock-across-await.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for handler in context.handlers {
        let mut places = Vec::new();
        match &handler.code {
            Code::Function(function) => {
                if let Some(body) = &function.def.body {
                    block(body, &mut places);
                }
            }
            Code::Closure(closure, _, _) => expression(&closure.body, &mut places),
        }
        for (place, guard) in places {
            let mut finding = Finding::new(&LINT, Some(handler.file), place);
            finding.subject.clone_from(&handler.name);
            finding.message = format!(
                "`{}` holds {guard} across an await: while it waits, so does every request that needs the lock",
                handler.name
            );
            finding.help =
                "take what is needed out of the guard and drop it before the await; or ask an owner for the \
                 value (`oserver::supervise`)"
                    .to_owned();
            findings.push(finding);
        }
    }
}

type Places = Vec<(Place, String)>;

fn block(body: &Block, places: &mut Places) {
    for (index, stmt) in body.stmts.iter().enumerate() {
        expression(stmt, places);
        let Expr::Let(binding) = stmt else { continue };
        let Some(init) = &binding.init else { continue };
        let Some(name) = binding.pattern.bindings.first().map(|binding| &*binding.name) else {
            continue;
        };
        if !is_guard(init) {
            continue;
        }
        let rest = body.stmts[index + 1..].iter().take_while(|stmt| !drops(stmt, name));
        if rest.into_iter().any(awaits) {
            places.push((binding.place, format!("the guard `{name}`")));
        }
    }
}

fn expression(expr: &Expr, places: &mut Places) {
    match expr {
        Expr::Block(body) | Expr::Async(body) => block(body, places),
        // What it spawns or returns runs on its own.
        Expr::Await(inner) => {
            if let Some(place) = held_by(inner) {
                places.push((place, "a guard, in a temporary,".to_owned()));
            }
            expression(inner, places);
        }
        Expr::Branches(subject, arms) => {
            let guard = subject.iter().find_map(|part| match part {
                Expr::Let(binding) => binding.init.as_ref().and_then(temporary),
                other => temporary(other),
            });
            if let Some(place) = guard
                && arms.iter().any(awaits)
            {
                places
                    .push((place, "a guard, for the whole of its `match` or `if let`,".to_owned()));
            }
            expr.parts(&mut |part| expression(part, places));
        }
        other => other.parts(&mut |part| expression(part, places)),
    }
}

/// `.lock()`, and `.read()`, `.write()` as locks have them.
fn locks(call: &MethodCall) -> bool {
    matches!(&*call.name, "lock" | "read" | "write" | "lock_owned" | "write_owned" | "read_owned")
        && call.args.is_empty()
}

/// Whether the value of an expression is a guard: the call, awaited or unwrapped.
fn is_guard(expr: &Expr) -> bool {
    match expr {
        Expr::Await(inner) | Expr::Same(inner) => is_guard(inner),
        Expr::Method(call) if locks(call) => true,
        Expr::Method(call) => {
            let unwraps = matches!(
                &*call.name,
                "unwrap" | "expect" | "unwrap_or_else" | "map_err" | "context"
            );
            unwraps && is_guard(&call.receiver)
        }
        _ => false,
    }
}

/// A guard in the middle of an expression, which lives as long as its statement.
fn temporary(expr: &Expr) -> Option<Place> {
    match expr {
        Expr::Method(call) if !is_guard(expr) => {
            if is_guard(&call.receiver) {
                Some(call.place)
            } else {
                temporary(&call.receiver)
            }
        }
        Expr::Field(inner, _) | Expr::Await(inner) | Expr::Same(inner) if !is_guard(expr) => {
            if is_guard(inner) {
                None
            } else {
                temporary(inner)
            }
        }
        _ => None,
    }
}

/// `x.lock().await.call().await`: the guard is held while the call is waited for.
fn held_by(awaited: &Expr) -> Option<Place> {
    if is_guard(awaited) { None } else { temporary(awaited) }
}

fn drops(stmt: &Expr, name: &str) -> bool {
    let Expr::Call(callee, args, _) = stmt.bare() else { return false };
    let is_drop = matches!(&**callee, Expr::Path(path, _) if path.last() == "drop");
    is_drop
        && matches!(args.first().map(Expr::bare), Some(Expr::Path(path, _)) if path.single() == Some(name))
}

/// Whether it waits, other than in what it spawns or returns as a future.
fn awaits(stmt: &Expr) -> bool {
    let mut found = false;
    stmt.walk(&mut |expr| {
        found |= matches!(expr, Expr::Await(_));
        !found && !matches!(expr, Expr::Async(_) | Expr::Closure(_))
    });
    found
}
