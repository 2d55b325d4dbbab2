//! Kinds of value that a loop takes: connections, requests, or items of a stream.

use super::{DEEPEST, SPAWNS, Takes};
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
                    "next" | "try_next"
                        if is_connections(&call.receiver, infer, locals, DEEPEST) =>
                    {
                        see(Takes::Connections);
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

/// Returns `true` for a stream or an iterator of connections: it is made of calls that accept, or its items are sockets.
pub(super) fn is_connections<'a>(
    expr: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
    deepest: u32,
) -> bool {
    let accepts = |expr: &Expr| {
        matches!(expr, Expr::Method(call)
            if matches!(&*call.name, "accept" | "poll_accept" | "accept_raw" | "incoming"))
    };
    if expr.any(&accepts) {
        return true;
    }
    let ty = infer.expr(expr, locals);
    if ty.last().ends_with("ListenerStream") || items(&ty).is_some_and(is_socket) {
        return true;
    }
    let Some(deeper) = deepest.checked_sub(1) else { return false };
    let made_of = |name: &str| {
        let init = locals.get(name).and_then(|local| local.init);
        init.is_some_and(|init| is_connections(init, infer, &locals.before(name), deeper))
    };
    match expr.bare() {
        Expr::Path(path, _) => path.single().is_some_and(made_of),
        // `pin!(sockets)`, `Box::pin(sockets)`
        Expr::Macro(path, parts, _) if path.last() == "pin" => {
            parts.iter().any(|part| is_connections(part, infer, locals, deeper))
        }
        Expr::Call(callee, args, _) => {
            matches!(&**callee, Expr::Path(path, _) if path.last() == "pin")
                && args.iter().any(|arg| is_connections(arg, infer, locals, deeper))
        }
        Expr::Method(call) => is_connections(&call.receiver, infer, locals, deeper),
        _ => false,
    }
}

/// `impl Stream<Item = io::Result<TcpStream>>`
fn items(ty: &Resolved) -> Option<&Resolved> {
    match ty {
        Resolved::Traits(traits) | Resolved::Param(_, traits) => traits.iter().find_map(|of| {
            of.assoc.iter().find(|(name, _)| &**name == "Item").map(|(_, item)| item)
        }),
        Resolved::External(..) => ty.args().iter().find_map(items),
        _ => None,
    }
}

fn is_socket(ty: &Resolved) -> bool {
    matches!(ty.last(), "TcpStream" | "UnixStream" | "TlsStream" | "TcpSocket")
        || ty.args().iter().any(is_socket)
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

/// Names that the errors of an accepting call get.
const ERRORS: &[&str] = &["e", "err", "error"];

/// Returns `true` if a loop answers the connections that it takes in its own thread or task: it starts none for them, and it
/// reads or writes them, or hands them to a function of the sources.
pub(super) fn answers<'a>(parts: &'a [Expr], infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> bool {
    let arms = accepting_arms(parts);
    if arms.is_empty() {
        return answer(parts.iter(), infer, locals);
    }
    arms.into_iter().any(|arm| answer(std::iter::once(arm), infer, locals))
}

/// Returns the arms of a `select!` that take connections; its other arms do something else.
pub(super) fn accepting_arms(parts: &[Expr]) -> Vec<&Expr> {
    let accepts =
        |expr: &Expr| matches!(expr, Expr::Method(call) if call.name.starts_with("accept"));
    let mut found = Vec::new();
    for part in parts {
        part.walk(&mut |expr| match expr {
            Expr::Macro(path, arms, _) if path.last().starts_with("select") => {
                found.extend(arms.iter().filter(|arm| arm.any(&accepts)));
                false
            }
            Expr::Loop(..) | Expr::For(..) | Expr::Closure(_) => false,
            _ => true,
        });
    }
    found
}

fn answer<'a>(
    parts: impl Iterator<Item = &'a Expr>,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> bool {
    let (mut spawns, mut talks) = (false, false);
    // Names that the loop itself binds.
    let inner = |expr: &Expr| {
        expr.any(&|expr| {
            matches!(expr, Expr::Path(path, _) if path.single().is_some_and(|name| {
                name != "self"
                    && name.starts_with(char::is_lowercase)
                    && !ERRORS.contains(&name)
                    && locals.get(name).is_none()
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
