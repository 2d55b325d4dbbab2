//! The shutdown sequence of a server.
//!
//! 1. No further connection is accepted; each response is the last of its connection.
//! 2. After [`LINGER`] connections without a request are closed.
//! 3. When all connections have ended, the actors run the commands in their mailboxes, and end.
//! 4. After [`Serve::shutdown_timeout`](crate::Serve::shutdown_timeout) the rest is cut off.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::clock::lived::within;
use crate::fault_log::{actor_fault, fault};
use crate::health::readiness::Stage;
use crate::request::server::{Phase, ServerContext};
use crate::serve::accept::ServerParts;
use crate::serve::error::{ServeError, ServeErrorKind};
use crate::watchdog::runtime_context::RuntimeContext;

/// How long idle connections stay open when the server stops: their clients may have sent a request already, and the
/// next response announces that it is the last.
const LINGER: Duration = Duration::from_secs(1);

/// How long the forced close of connections may take.
const FORCED: Duration = Duration::from_secs(1);

/// Stops a server, because of `why`.
///
/// # Errors
/// When a connection or an actor was cut off.
pub(super) async fn shutdown(
    server: &ServerContext,
    registered: &Registered,
    why: &str,
    mut accepting: JoinSet<()>,
) -> Result<(), ServeError> {
    let timeout = server.network.shutdown_timeout;
    enter(server, Stage::Stopping);
    fault::stopping(why, server.connections());
    server.advance(Phase::Draining);
    while accepting.join_next().await.is_some() {}
    let drained = async {
        let linger = within(Some(LINGER.min(timeout)), all_gone(server));
        if linger.await.is_none() {
            server.advance(Phase::Closing);
            all_gone(server).await;
        }
        // Monitored tasks finish the work that they have accepted before they end.
        if registered.leave() {
            registered.runtime.monitored_tasks.stop().await;
        }
    };
    if within(Some(timeout), drained).await.is_some() {
        return Ok(());
    }
    let connections = server.connections();
    if connections == 0 {
        let actors = registered.runtime.monitored_tasks.running();
        actor_fault::unfinished(actors);
        return Err(ServeErrorKind::ActorsCutOff(actors).into());
    }
    fault::unfinished(connections, timeout);
    server.advance(Phase::Forced);
    // A connection whose handler blocks needs no thread to be closed; code that is stuck otherwise ends with the
    // process.
    _ = within(Some(FORCED), all_gone(server)).await;
    // Actors save their state also when a connection was cut off.
    if registered.leave() {
        _ = within(Some(FORCED), registered.runtime.monitored_tasks.stop()).await;
    }
    Err(ServeErrorKind::ConnectionsCutOff(connections).into())
}

pub(super) fn enter(server: &ServerContext, stage: Stage) {
    server.health.enter(stage);
    #[cfg(all(unix, feature = "systemd"))]
    crate::serve::systemd::unpark();
}

fn all_gone(server: &ServerContext) -> impl Future<Output = ()> {
    server.until(|server| !server.has_connections())
}

/// The runtime knows the server for as long as it runs.
pub(super) struct Registered {
    server: Arc<ServerContext>,
    runtime: Arc<RuntimeContext>,
}

impl Registered {
    pub(super) fn new<A>(parts: &ServerParts<A>) -> Self {
        parts.runtime.escalation.add_server(&parts.server);
        Self { server: Arc::clone(&parts.server), runtime: Arc::clone(&parts.runtime) }
    }

    /// Removes the server from its runtime. Returns `true` if it was the last one.
    fn leave(&self) -> bool {
        self.runtime.escalation.remove_server(&self.server)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.leave();
    }
}
