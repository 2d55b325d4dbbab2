//! The accept loop: it goes on whatever happens, and says so when something does.

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::select;
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

use super::bind::BoundListener;
use super::connection;
use crate::guard::error::Result;
use crate::isolation::bulkhead::{Bulkhead, repair};
use crate::isolation::work::App;
use crate::record::fault;
use crate::request::server::ServerContext;

/// How long the loop waits when the process has no more file descriptors, or the like.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Accepts connections until dropped, or until the process is beyond repair.
///
/// # Errors
/// [`BeyondRepair`].
pub(super) async fn run<A: App>(
    listener: BoundListener,
    app: A,
    server: Arc<ServerContext>,
    bulkhead: Arc<Bulkhead>,
) -> Result<()> {
    let mut beyond_repair = bulkhead.repair.subscribe();
    let _registered = Registered::new(&server, &bulkhead);
    // A task of its own: the future of `main` is polled by a thread that is no worker, and each
    // connection would be handed from there to one.
    let task = tokio::spawn(async move {
        let accepting = pin!(accept(listener, app, server, bulkhead));
        // An error would mean that the bulkhead is gone, and it lives as long as its servers.
        let end = pin!(beyond_repair.wait_for(|beyond| *beyond));
        select(accepting, end).await;
    });
    let _abort = AbortOnDrop(task.abort_handle());
    task.await?;
    if repair::owns_process() {
        // The process ends with the code that says why, and with nothing that could come before it.
        std::future::pending::<()>().await;
    }
    Err(BeyondRepair.into())
}

/// Why a server ended.
#[derive(Debug)]
struct BeyondRepair;

impl std::fmt::Display for BeyondRepair {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(
            "the server gave itself up: more threads are stuck in handlers than its budget allows",
        )
    }
}

impl std::error::Error for BeyondRepair {}

async fn accept<A: App>(
    listener: BoundListener,
    app: A,
    server: Arc<ServerContext>,
    bulkhead: Arc<Bulkhead>,
) {
    loop {
        match listener.tcp.accept().await {
            Ok((stream, _peer)) => start(stream, &app, &server, &bulkhead),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                fault::accept(&format!("cannot accept connections, and will try again: {error}"));
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
}

fn start<A: App>(
    stream: TcpStream,
    app: &A,
    server: &Arc<ServerContext>,
    bulkhead: &Arc<Bulkhead>,
) {
    let Ok(app) = catch_unwind(AssertUnwindSafe(|| app.clone())) else {
        fault::accept("a connection was closed: the app panicked when it was cloned");
        return;
    };
    // Small responses must not wait for the acknowledgement of earlier ones. Where that cannot be
    // had they are slower, not wrong.
    _ = stream.set_nodelay(true);
    connection::spawn(stream, app, Arc::clone(server), Arc::clone(bulkhead));
}

/// The bulkhead knows the server for as long as it runs.
struct Registered {
    server: Arc<ServerContext>,
    bulkhead: Arc<Bulkhead>,
}

impl Registered {
    fn new(server: &Arc<ServerContext>, bulkhead: &Arc<Bulkhead>) -> Self {
        bulkhead.repair.add_server(server);
        Self { server: Arc::clone(server), bulkhead: Arc::clone(bulkhead) }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.bulkhead.repair.remove_server(&self.server);
    }
}

/// The connection was gone before it was accepted: nothing is wrong with the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
