//! Kinds of value that a loop takes: connections, requests, or items of a stream.

use super::Takes;
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

fn server_behind(ty: &Resolved) -> bool {
    ty.path().starts_with("tiny_http") || ty.args().first().is_some_and(server_behind)
}
