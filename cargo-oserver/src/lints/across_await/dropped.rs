//! What becomes of a guard with a name, statement by statement.

use crate::syntax::{Branch, Expr};

pub(super) fn awaiting(name: &str) -> bool {
    matches!(name, "select" | "join" | "try_join" | "join_all")
}

/// What happens to a guard with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Held,
    /// Dropped, or its scope was left.
    Dropped,
    Awaits,
}

pub(super) fn sequence(stmts: &[Expr], name: &str) -> Flow {
    for stmt in stmts {
        match branch_of(stmt, name) {
            Flow::Held => {}
            done => return done,
        }
    }
    Flow::Held
}

pub(super) fn branch_of(expr: &Expr, name: &str) -> Flow {
    match expr {
        Expr::Async(..) | Expr::Closure(_) => Flow::Held,
        Expr::Await(inner) => match branch_of(inner, name) {
            Flow::Held => Flow::Awaits,
            done => done,
        },
        Expr::Call(callee, args, _) if drops(callee, args, name) => Flow::Dropped,
        Expr::Block(block) => sequence(&block.stmts, name),
        Expr::Return(parts) => match sequence(parts, name) {
            Flow::Held => Flow::Dropped,
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

/// `drop(guard)`, `MutexGuard::unlock_fair(guard)`
fn drops(callee: &Expr, args: &[Expr], name: &str) -> bool {
    let ends = matches!(callee, Expr::Path(path, _)
        if matches!(path.last(), "drop" | "unlock_fair" | "forget" | "bump"));
    ends && matches!(args.first().map(Expr::bare), Some(Expr::Path(path, _)) if path.single() == Some(name))
}
