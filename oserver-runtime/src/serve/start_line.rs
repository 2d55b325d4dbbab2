//! The line that a server logs when it serves: where it listens, and its version.
//!
//! It is an event as any other, so that the filter and the subscriber of the service decide about it.

use std::net::SocketAddr;

use crate::request_task::target::ServeTarget;
use crate::serve::accept::Accept;

pub(super) fn text<A: ServeTarget>(
    listeners: &[Box<dyn Accept<A>>],
    admin: Option<SocketAddr>,
) -> String {
    let addresses: Vec<_> = listeners.iter().map(|listener| listener.describe()).collect();
    let admin = admin.map(|admin| format!(", admin service on http://{admin}/"));
    format!("listening on {}{}", addresses.join(" and "), admin.unwrap_or_default())
}

pub(super) fn log(text: &str) {
    tracing::info!(target: "oserver", version = env!("CARGO_PKG_VERSION"), "{text}");
}
