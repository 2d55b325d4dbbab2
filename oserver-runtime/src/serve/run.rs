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
    // Before the first connection: who is served by a process may also stop it.
    let stop = stop.wait();
    let mut unrecoverable = parts.runtime.escalation.subscribe();
    let registered = Registered::new(&parts);
    let server = Arc::clone(&parts.server);
    // Tasks of their own: the future of `main` is polled by a thread that is no worker, and each
    // connection would be handed from there to one. They end with this future.
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
    // Without a panic a listener ends when the server closes, and nobody but who gave the runtime up
    // has closed it so far.
    let Some(why) = end else {
        accepting.shutdown().await;
        if exit_code::owns_process() {
            // The process ends with the code that says why, and with nothing that could come before it.
            pending::<()>().await;
        }
        return Err(ServeErrorKind::Unrecoverable.into());
    };
    shutdown(&server, &registered, &why, accepting).await
}
