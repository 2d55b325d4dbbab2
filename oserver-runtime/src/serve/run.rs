//! A server from its start to its end.

use std::fmt;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::task::JoinSet;

use crate::guard::error::Result;
use crate::health::readiness::Stage;
use crate::process::exit_code;
use crate::request::server::ServerContext;
use crate::request_task::target::ServeTarget;
use crate::serve::accept::{Accept, ServerParts};
use crate::serve::shutdown::{enter, shutdown};
use crate::serve::stop_signal::Stop;
use crate::watchdog::runtime_context::RuntimeContext;

/// Serves until it is stopped, or dropped, or the process is unrecoverable.
///
/// # Errors
/// [`Unrecoverable`], [`Unfinished`].
pub(super) async fn run<A: ServeTarget>(
    listeners: Vec<Box<dyn Accept<A>>>,
    parts: ServerParts<A>,
    stop: Stop,
) -> Result<()> {
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
    let end = {
        // An error would mean that the runtime is gone, and it lives as long as its servers.
        let beyond = pin!(unrecoverable.wait_for(|beyond| *beyond));
        let stop = pin!(stop);
        let timeout = pin!(accepting.join_next());
        match select(timeout, select(beyond, stop)).await {
            Either::Left((timeout, _)) => {
                timeout.expect("there is a listener")?;
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
        return Err(Unrecoverable.into());
    };
    shutdown(&server, &registered, &why, accepting).await
}

/// Why a server ended.
#[derive(Debug)]
struct Unrecoverable;

impl fmt::Display for Unrecoverable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "the server is unrecoverable: too many threads are blocked past their deadlines",
        )
    }
}

impl std::error::Error for Unrecoverable {}

/// The runtime knows the server for as long as it runs.
pub(super) struct Registered {
    server: Arc<ServerContext>,
    pub(super) runtime: Arc<RuntimeContext>,
}

impl Registered {
    fn new<A>(parts: &ServerParts<A>) -> Self {
        parts.runtime.escalation.add_server(&parts.server);
        Self { server: Arc::clone(&parts.server), runtime: Arc::clone(&parts.runtime) }
    }
}

impl Registered {
    /// Says whether it was the last of the runtime.
    pub(super) fn leave(&self) -> bool {
        self.runtime.escalation.remove_server(&self.server)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.leave();
    }
}
