//! State of a named guard, statement by statement: held, dropped, or held across an await.

use crate::syntax::{Branch, Expr};

pub(super) fn awaiting(name: &str) -> bool {
    matches!(name, "select" | "join" | "try_join" | "join_all")
}

/// The state of a named guard after a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Held,
    /// Dropped, or its scope was left.
    Dropped,
    Awaits,
}

pub(super) fn sequence(stmts: &[Expr], name: &str) -> Flow {
    for (index, stmt) in stmts.iter().enumerate() {
        match branch_of(stmt, name) {
            Flow::Held => {}
            done => return done,
        }
        // From here on the name is another value's, and the guard has none that could drop it.
        let hidden = matches!(stmt, Expr::Let(binding)
            if binding.pattern.bindings.iter().any(|binding| &*binding.name == name));
        if hidden {
            return sequence(&stmts[index + 1..], "");
        }
    }
    Flow::Held
}

pub(super) fn branch_of(expr: &Expr, name: &str) -> Flow {
    match expr {
        Expr::Async(..) | Expr::Closure(_) => Flow::Held,
        // An async function that is given the guard holds it while it is awaited.
        Expr::Await(inner) if matches!(inner.bare(), Expr::Call(callee, args, _) if moves(callee, args, name)) => {
            Flow::Awaits
        }
        Expr::Await(inner) => match branch_of(inner, name) {
            Flow::Held => Flow::Awaits,
            done => done,
        },
        Expr::Call(..) if ends(expr, name) => Flow::Dropped,
        Expr::Block(block) => sequence(&block.stmts, name),
        Expr::Return(parts) => match sequence(parts, name) {
            Flow::Held => Flow::Dropped,
            done => done,
        },
        // The way on is that of the value, not that of `else`.
        Expr::Let(binding) => {
            let awaits = |part: &Expr| branch_of(part, name) == Flow::Awaits;
            match binding.init.as_ref().map_or(Flow::Held, |init| branch_of(init, name)) {
                Flow::Held if binding.otherwise.as_deref().is_some_and(awaits) => Flow::Awaits,
                done => done,
            }
        }
        // `break` leaves the loop, not the scope of a guard from before it.
        Expr::Loop(parts, _) | Expr::For(_, parts, _) => match sequence(parts, name) {
            Flow::Dropped if !expr.any(&|inner| ends(inner, name)) => Flow::Held,
            done => done,
        },
        Expr::Branches(branch, subject, arms) => {
            let before = sequence(subject, name);
            if before != Flow::Held {
                return before;
            }
            let outcomes: Vec<Flow> = arms.iter().map(|arm| branch_of(arm, name)).collect();
            let whole = *branch == Branch::Match || arms.len() > 1;
            if outcomes.contains(&Flow::Awaits) {
                Flow::Awaits
            } else if whole && outcomes.iter().all(|outcome| *outcome == Flow::Dropped) {
                Flow::Dropped
            } else {
                Flow::Held
            }
        }
        Expr::Macro(path, parts, _) => match sequence(parts, name) {
            Flow::Held if awaiting(path.last()) => Flow::Awaits,
            done => done,
        },
        other => {
            let mut outcome = Flow::Held;
            other.parts(&mut |part| {
                if outcome == Flow::Held {
                    outcome = branch_of(part, name);
                }
            });
            outcome
        }
    }
}

/// Returns `true` for a call that the guard does not outlive.
fn ends(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Call(callee, args, _) if drops(callee, args, name) || moves(callee, args, name))
}

/// Returns `true` for `drop(guard)`, `MutexGuard::unlock_fair(guard)`
fn drops(callee: &Expr, args: &[Expr], name: &str) -> bool {
    let ends = matches!(callee, Expr::Path(path, _)
        if matches!(path.last(), "drop" | "unlock_fair" | "forget" | "bump"));
    ends && matches!(args.first().map(Expr::bare), Some(Expr::Path(path, _)) if path.single() == Some(name))
}

/// Returns `true` for `finish(guard)`: the guard itself goes into a function, which ends before the next statement.
fn moves(callee: &Expr, args: &[Expr], name: &str) -> bool {
    let function = matches!(callee, Expr::Path(path, _)
        if path.last().starts_with(|letter: char| letter.is_lowercase()));
    let given = |arg: &Expr| matches!(arg, Expr::Path(path, _) if path.single() == Some(name));
    function && args.iter().any(given)
}
