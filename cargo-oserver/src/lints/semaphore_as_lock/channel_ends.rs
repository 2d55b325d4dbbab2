//! The ends of channels, and what passes a token on as a channel does: their types, and the names that pair them.

use super::shared_place::pointee;
use crate::program::Resolved;
use crate::syntax::{Expr, Name};

/// Crates of channels whose receivers requests can share.
const CHANNELS: &[&str] = &["async_channel", "flume", "crossbeam_channel", "crossbeam", "kanal"];

/// Words for the ends of a channel.
const ENDS: &[&str] = &["s", "r", "tx", "rx", "send", "recv", "sender", "receiver"];

/// Returns `false` if the names of a receiver and a sender tell two channels apart: `stop_rx` and `events_tx`.
pub(super) fn same_channel(receiver: &str, sender: &str) -> bool {
    let stem = |name: &str| -> Option<Vec<String>> {
        let words = || name.split('_');
        let rest = || words().filter(|word| !ENDS.contains(word)).map(str::to_owned).collect();
        words().any(|word| ENDS.contains(&word)).then(rest)
    };
    match (stem(receiver), stem(sender)) {
        (Some(receiver), Some(sender)) => receiver == sender,
        _ => true,
    }
}

/// Returns the name of a local or a field.
pub(super) fn name_of(expr: &Expr) -> Option<Name> {
    match expr.bare() {
        Expr::Path(path, _) => path.segments.last().map(|segment| segment.name),
        Expr::Field(_, name) => Some(*name),
        // `sender.lock().await.send(…)`
        Expr::Await(inner) => name_of(inner),
        Expr::Method(call) => name_of(&call.receiver),
        _ => None,
    }
}

/// Returns `true` for `bounded(1)`, `flume::unbounded()`
pub(super) fn makes_channel(expr: &Expr) -> bool {
    matches!(expr.bare(), Expr::Call(callee, _, _)
        if matches!(&**callee, Expr::Path(path, _)
            if matches!(path.last(), "bounded" | "unbounded" | "channel" | "sync_channel")))
}

pub(super) fn is_of_channel(ty: &Resolved, name: &str) -> bool {
    let path = pointee(ty);
    let of = path.split("::").next().unwrap_or_default();
    CHANNELS.contains(&of) && path.ends_with(name)
}

/// A socket pair passes a token on as a channel does.
pub(super) fn is_datagram(ty: &Resolved) -> bool {
    pointee(ty).ends_with("net::UnixDatagram")
}

pub(super) fn is_notify(ty: &Resolved) -> bool {
    pointee(ty) == "tokio::sync::Notify"
}
