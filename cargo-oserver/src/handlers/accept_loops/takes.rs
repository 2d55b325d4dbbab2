//! Kinds of value that a loop takes: connections, requests, or items of a stream.

use super::{SPAWNS, Takes};
use crate::flow::function_item;
use crate::infer::{Infer, Locals};
use crate::program::Resolved;
use crate::syntax::Expr;

/// Returns the kind of value that the condition and the body of a loop take, inner loops left out.
pub(super) fn takes<'a>(parts: &'a [Expr], infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> Takes {
    let mut found = Takes::Nothing;
    let mut see = |takes: Takes| {
        if found == Takes::Nothing || found == Takes::Items {
            found = takes;
        }
    };
    for part in parts {
        part.walk(&mut |expr| {
            if let Expr::Method(call) = expr {
                match &*call.name {
                    "accept" | "poll_accept" | "accept_raw" => see(Takes::Connections),
                    "incoming" => see(Takes::Connections),
                    "incoming_requests" => see(Takes::Requests),
                    "recv" | "recv_timeout" | "try_recv"
                        if infer.expr(&call.receiver, locals).path().starts_with("tiny_http")
                            || server_behind(&infer.expr(&call.receiver, locals)) =>
                    {
                        see(Takes::Requests);
                    }
                    "next" => see(Takes::Items),
                    _ => {}
                }
            }
            !matches!(expr, Expr::Loop(..) | Expr::For(..) | Expr::Closure(_))
        });
    }
    found
}

/// Calls that read or write a connection.
const TALKS: &[&str] = &[
    "write",
    "write_all",
    "write_fmt",
    "write_buf",
    "try_write",
    "read",
    "read_exact",
    "read_to_end",
    "read_to_string",
    "read_until",
    "read_line",
    "read_buf",
    "try_read",
];

/// Returns `true` if a loop answers the connections that it takes in its own thread or task: it starts none for them, and it
/// reads or writes them, or hands them to a function of the sources.
pub(super) fn answers<'a>(parts: &'a [Expr], infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> bool {
    let (mut spawns, mut talks) = (false, false);
    // Names that the loop itself binds.
    let inner = |expr: &Expr| {
        expr.any(&|expr| {
            matches!(expr, Expr::Path(path, _) if path.single().is_some_and(|name| {
                name != "self" && name.starts_with(char::is_lowercase) && locals.get(name).is_none()
            }))
        })
    };
    for part in parts {
        part.walk(&mut |expr| {
            match expr {
                Expr::Call(callee, args, _) => {
                    if let Expr::Path(path, _) = &**callee {
                        spawns |= SPAWNS.contains(&path.last());
                        talks |= args.iter().any(inner) && function_item(path, infer).is_some();
                    }
                }
                Expr::Method(call) => {
                    spawns |= SPAWNS.contains(&&*call.name) || &*call.name == "execute";
                    talks |= TALKS.contains(&&*call.name) && inner(&call.receiver);
                    talks |= call.args.iter().any(inner) && {
                        let receiver = infer.expr(&call.receiver, locals);
                        infer.method_of(&receiver, &call.name).is_some()
                    };
                }
                Expr::Macro(path, parts, _) => {
                    let writes = matches!(path.last(), "write" | "writeln");
                    talks |= writes && parts.first().is_some_and(inner);
                }
                _ => {}
            }
            true
        });
    }
    talks && !spawns
}

fn server_behind(ty: &Resolved) -> bool {
    ty.path().starts_with("tiny_http") || ty.args().first().is_some_and(server_behind)
}
