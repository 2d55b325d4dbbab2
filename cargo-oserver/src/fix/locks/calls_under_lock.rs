//! Calls that run while a lock is held.

use crate::syntax::{Block, Expr, Place};

/// Returns `true` if an expression takes the lock at a place.
fn is_at(expr: &Expr, place: Place) -> bool {
    expr.any(&|part| matches!(part, Expr::Method(call) if call.place == place))
}

/// Returns the methods that are called on the guard: in the same chain, or by its name.
pub(super) fn under(body: &Block, place: Place) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |name: &str| {
        let plumbing = matches!(
            name,
            "unwrap"
                | "expect"
                | "unwrap_or_else"
                | "map_err"
                | "await"
                | "clone"
                | "lock"
                | "read"
                | "write"
                | "into_inner"
        );
        if !plumbing && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    let mut guards: Vec<String> = Vec::new();
    for stmt in &body.stmts {
        stmt.walk(&mut |expr| {
            if let Expr::Let(binding) = expr
                && let Some(init) = &binding.init
                && is_at(init, place)
            {
                guards.extend(
                    binding.pattern.bindings.iter().map(|binding| binding.name.to_string()),
                );
            }
            true
        });
    }
    for stmt in &body.stmts {
        stmt.walk(&mut |expr| {
            let Expr::Method(call) = expr else { return true };
            let by_name = call.receiver.any(&|part| {
                matches!(part, Expr::Path(path, _) if path.single().is_some_and(|name| guards.iter().any(|guard| guard == name)))
            });
            if call.place != place && (is_at(&call.receiver, place) || by_name) {
                add(&call.name);
            }
            true
        });
    }
    found
}

/// Returns `true` if a statement after the one that binds the guard awaits, in the same block.
pub(super) fn across_await(body: &Block, place: Place) -> bool {
    let mut held = false;
    each_block(body, &mut |block| {
        for (index, stmt) in block.stmts.iter().enumerate() {
            let Expr::Let(binding) = stmt else { continue };
            let Some(init) = &binding.init else { continue };
            let Some(name) = binding.pattern.bindings.first() else { continue };
            if !is_guard(init, place) {
                continue;
            }
            let rest = block.stmts[index + 1..].iter().take_while(|stmt| !drops(stmt, &name.name));
            held |= rest.into_iter().any(|stmt| stmt.any(&|part| matches!(part, Expr::Await(_))));
        }
    });
    held
}

fn each_block(body: &Block, look: &mut dyn FnMut(&Block)) {
    look(body);
    for stmt in &body.stmts {
        stmt.walk(&mut |expr| {
            if let Expr::Block(block) | Expr::Async(block, _) = expr {
                look(block);
            }
            true
        });
    }
}

/// Returns `true` if the value of an expression is the guard, and not something out of it.
fn is_guard(expr: &Expr, place: Place) -> bool {
    match expr {
        Expr::Await(inner) | Expr::Same(inner) => is_guard(inner, place),
        Expr::Method(call) if call.place == place => true,
        Expr::Method(call) => {
            matches!(&*call.name, "unwrap" | "expect" | "unwrap_or_else" | "map_err")
                && is_guard(&call.receiver, place)
        }
        _ => false,
    }
}

fn drops(stmt: &Expr, name: &str) -> bool {
    stmt.any(&|part| match part {
        Expr::Call(callee, args, _) => {
            matches!(&**callee, Expr::Path(path, _) if path.last() == "drop")
                && args.iter().any(
                    |arg| matches!(arg.bare(), Expr::Path(path, _) if path.single() == Some(name)),
                )
        }
        _ => false,
    })
}
