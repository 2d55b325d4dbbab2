//! A server from its start to its end.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::task::JoinSet;

use crate::health::readiness::Stage;
use crate::process::exit_code;
use crate::request_task::target::ServeTarget;
use crate::serve::accept::{Accept, ServerParts};
use crate::serve::error::{ServeError, ServeErrorKind};
use crate::serve::shutdown::{Registered, enter, shutdown};
use crate::serve::start_line;
use crate::serve::stop_signal::Stop;

/// Serves until it is stopped, or dropped, or the process is unrecoverable.
///
/// # Errors
/// When the process is unrecoverable, and as [`shutdown`].
pub(super) async fn run<A: ServeTarget>(
    listeners: Vec<Box<dyn Accept<A>>>,
    parts: ServerParts<A>,
    stop: Stop,
    start_line: Option<String>,
) -> Result<(), ServeError> {
    // Taken before the first connection, because a client may cause the stop.
    let stop = stop.wait();
    let mut unrecoverable = parts.runtime.escalation.subscribe();
    let registered = Registered::new(&parts);
    let server = Arc::clone(&parts.server);
    // Separate tasks: a thread that is no worker polls the future of `main`, and each connection would have to move
    // from there to a worker. They end with this future.
    let mut accepting = JoinSet::new();
    let mut listeners = listeners.into_iter();
    let first = listeners.next().expect("a server has a listener");
    for listener in listeners {
        accepting.spawn(listener.run(parts.clone()));
    }
    accepting.spawn(first.run(parts));
    enter(&server, Stage::Serving);
    if let Some(text) = start_line {
        start_line::log(&text);
    }
    let end = {
        // An error would mean that the runtime is gone, and it lives as long as its servers.
        let beyond = pin!(unrecoverable.wait_for(|beyond| *beyond));
        let stop = pin!(stop);
        let timeout = pin!(accepting.join_next());
        match select(timeout, select(beyond, stop)).await {
            Either::Left((timeout, _)) => {
                let ended = timeout.expect("there is a listener");
                ended.map_err(|_| ServeErrorKind::AcceptLoop)?;
                None
            }
            Either::Right((Either::Left(_), _)) => None,
            Either::Right((Either::Right((why, _)), _)) => Some(why),
        }
    };
    // A listener ends when the server closes, or with a panic. Otherwise only a runtime that was shut down has ended
    // it.
    let Some(why) = end else {
        accepting.shutdown().await;
        if exit_code::owns_process() {
            // The escalation exits with its own code; this future must not end the process before that.
            pending::<()>().await;
        }
        return Err(ServeErrorKind::Unrecoverable.into());
    };
    shutdown(&server, &registered, &why, accepting).await
}
