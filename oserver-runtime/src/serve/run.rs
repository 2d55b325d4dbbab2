//! A server from its start to its end.

use std::fmt;
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::task::JoinSet;

use super::accept::{Accept, Site};
use super::shutdown::{self, Stop};
use crate::guard::error::Result;
use crate::health::server::Stage;
use crate::isolation::bulkhead::{Bulkhead, repair};
use crate::isolation::work::ServeTarget;
use crate::record::{actor_fault, fault};
use crate::request::server::{Phase, ServerContext};

/// For how long connections that are kept for a further request stay when the server stops: their
/// clients may have sent one already, and the next answer tells them that it is the last.
const LINGER: Duration = Duration::from_secs(1);

/// Serves until it is stopped, or dropped, or the process is unrecoverable.
///
/// # Errors
/// [`Unrecoverable`], [`Unfinished`].
pub(super) async fn run<A: ServeTarget>(
    listeners: Vec<Box<dyn Accept<A>>>,
    site: Site<A>,
    stop: Stop,
) -> Result<()> {
    // Before the first connection: who is served by a process may also stop it.
    let stop = stop.wait();
    let mut unrecoverable = site.bulkhead.repair.subscribe();
    let registered = Registered::new(&site);
    let server = Arc::clone(&site.server);
    let drain = server.network.drain;
    // Tasks of their own: the future of `main` is polled by a thread that is no worker, and each
    // connection would be handed from there to one. They end with this future.
    let mut accepting = JoinSet::new();
    let mut listeners = listeners.into_iter();
    let first = listeners.next().expect("a server has a listener");
    for listener in listeners {
        accepting.spawn(listener.run(site.clone()));
    }
    accepting.spawn(first.run(site));
    enter(&server, Stage::Serving);
    let end = {
        // An error would mean that the bulkhead is gone, and it lives as long as its servers.
        let beyond = pin!(unrecoverable.wait_for(|beyond| *beyond));
        let stop = pin!(stop);
        let lost = pin!(accepting.join_next());
        match select(lost, select(beyond, stop)).await {
            Either::Left((lost, _)) => {
                lost.expect("there is a listener")?;
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
        if repair::owns_process() {
            // The process ends with the code that says why, and with nothing that could come before it.
            pending::<()>().await;
        }
        return Err(Unrecoverable.into());
    };
    enter(&server, Stage::Stopping);
    fault::stopping(&why, server.connections());
    server.advance(Phase::Draining);
    while accepting.join_next().await.is_some() {}
    let drained = async {
        let linger = tokio::time::timeout(LINGER.min(drain), all_gone(&server));
        if linger.await.is_err() {
            server.advance(Phase::Closing);
            all_gone(&server).await;
        }
        // What was asked of them is done before they end.
        if registered.leave() {
            registered.bulkhead.guests.stop().await;
        }
    };
    if tokio::time::timeout(drain, drained).await.is_ok() {
        return Ok(());
    }
    let connections = server.connections();
    if connections == 0 {
        let actors = registered.bulkhead.guests.running();
        actor_fault::unfinished(actors);
        return Err(UnfinishedActors { actors }.into());
    }
    fault::unfinished(connections, drain);
    server.advance(Phase::Forced);
    // One whose handler blocks needs no thread to be closed; what is stuck otherwise ends with the
    // process.
    _ = tokio::time::timeout(shutdown::FORCED, all_gone(&server)).await;
    // What actors have to save is no less than that because a connection was cut off.
    if registered.leave() {
        _ = tokio::time::timeout(shutdown::FORCED, registered.bulkhead.guests.stop()).await;
    }
    Err(Unfinished { connections }.into())
}

fn enter(server: &ServerContext, stage: Stage) {
    server.health.enter(stage);
    #[cfg(all(unix, feature = "systemd"))]
    super::systemd::rouse();
}

fn all_gone(server: &ServerContext) -> impl Future<Output = ()> {
    server.until(|server| !server.has_connections())
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

/// Why a server that was stopped did not end well.
#[derive(Debug)]
struct Unfinished {
    connections: usize,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connections = self.connections;
        write!(
            formatter,
            "the server stopped, and {connections} connections were cut off at the end of the drain"
        )
    }
}

impl std::error::Error for Unfinished {}

/// Why a server that was stopped did not end well, though all its connections had.
#[derive(Debug)]
struct UnfinishedActors {
    actors: usize,
}

impl fmt::Display for UnfinishedActors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actors = self.actors;
        write!(
            formatter,
            "the server stopped, and {actors} actors were not done at the end of the drain"
        )
    }
}

impl std::error::Error for UnfinishedActors {}

/// The bulkhead knows the server for as long as it runs.
struct Registered {
    server: Arc<ServerContext>,
    bulkhead: Arc<Bulkhead>,
}

impl Registered {
    fn new<A>(site: &Site<A>) -> Self {
        site.bulkhead.repair.add_server(&site.server);
        Self { server: Arc::clone(&site.server), bulkhead: Arc::clone(&site.bulkhead) }
    }
}

impl Registered {
    /// Says whether it was the last of the runtime.
    fn leave(&self) -> bool {
        self.bulkhead.repair.remove_server(&self.server)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.leave();
    }
}
