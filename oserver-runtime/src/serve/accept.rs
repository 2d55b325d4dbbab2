//! The accept loop: it goes on whatever happens, and says so when something does.

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::AbortHandle;

use super::bind::BoundListener;
use super::connection;
use crate::guard::error::Result;
use crate::isolation::request_task::App;
use crate::record::fault;
use crate::request::call::ServerContext;

/// How long the loop waits when the process has no more file descriptors, or the like.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Accepts connections until dropped.
pub(super) async fn run<A: App>(
    listener: BoundListener,
    app: A,
    server: Arc<ServerContext>,
) -> Result<()> {
    // A task of its own: the future of `main` is polled by a thread that is no worker, and each
    // connection would be handed from there to one.
    let task = tokio::spawn(accept(listener, app, server));
    let _abort = AbortOnDrop(task.abort_handle());
    Ok(task.await?)
}

async fn accept<A: App>(listener: BoundListener, app: A, server: Arc<ServerContext>) {
    loop {
        match listener.tcp.accept().await {
            Ok((stream, _peer)) => start(stream, &app, &server),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                fault::accept(&format!("cannot accept connections, and will try again: {error}"));
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
}

fn start<A: App>(stream: TcpStream, app: &A, server: &Arc<ServerContext>) {
    let Ok(app) = catch_unwind(AssertUnwindSafe(|| app.clone())) else {
        fault::accept("a connection was closed: the app panicked when it was cloned");
        return;
    };
    // Small responses must not wait for the acknowledgement of earlier ones. Where that cannot be
    // had they are slower, not wrong.
    _ = stream.set_nodelay(true);
    connection::spawn(stream, app, Arc::clone(server));
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
