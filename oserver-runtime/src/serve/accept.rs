//! The accept loop: it continues after errors, and records them.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::fault_log::fault;
use crate::request::server::ServerContext;
use crate::request_task::target::ServeTarget;
use crate::serve::listener::Listener;
use crate::serve::{connection, descriptors};
use crate::watchdog::runtime_context::RuntimeContext;

/// How long the loop waits when the process has no more file descriptors, or the like.
const BACK_OFF: Duration = Duration::from_millis(100);
/// How many connections that wait are taken at most when the server stops.
const LAST_ONES: usize = 4096;

/// The parts of a server that a connection needs.
#[derive(Clone)]
pub(super) struct ServerParts<A> {
    pub(super) app: A,
    pub(super) server: Arc<ServerContext>,
    pub(super) runtime: Arc<RuntimeContext>,
}

/// A listener of any kind.
pub(super) trait Accept<A: ServeTarget>: Send + Sync {
    fn local_addr(&self) -> io::Result<SocketAddr>;

    /// Returns the address of the listener, in words.
    fn describe(&self) -> String;

    /// Accepts connections until the server stops, and then those that still wait.
    fn run(self: Box<Self>, parts: ServerParts<A>) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

impl<A: ServeTarget, L: Listener> Accept<A> for L {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Listener::local_addr(self)
    }

    fn describe(&self) -> String {
        Listener::describe(self)
    }

    fn run(self: Box<Self>, parts: ServerParts<A>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let server = Arc::clone(&parts.server);
            let mut stopped = pin!(server.stopped());
            loop {
                match select(pin!(next(&*self, &server)), stopped.as_mut()).await {
                    Either::Left((Ok(handshake), _)) => start::<A, L>(handshake, &parts),
                    Either::Left((Err(error), _)) if is_of_one_connection(&error) => {}
                    Either::Left((Err(error), _)) => {
                        fault::accept(&format!(
                            "cannot accept connections, and will try again: {error}"
                        ));
                        tokio::time::sleep(BACK_OFF).await;
                    }
                    Either::Right(_) => break,
                }
            }
            accept_the_last(&*self, &parts);
        })
    }
}

/// Returns the next connection, when there may be one more.
async fn next<L: Listener>(listener: &L, server: &ServerContext) -> io::Result<L::Handshake> {
    let most = server.network.max_connections;
    if server.connections() >= most {
        server.until(|server| server.connections() < most).await;
    }
    descriptors::wait_for_room().await;
    listener.accept().await
}

/// Connections that the operating system has accepted already: their clients may have sent a request.
fn accept_the_last<A: ServeTarget, L: Listener>(listener: &L, parts: &ServerParts<A>) {
    for _ in 0..LAST_ONES {
        let accepting = pin!(listener.accept());
        match accepting.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(handshake)) => start::<A, L>(handshake, parts),
            Poll::Ready(Err(error)) if is_of_one_connection(&error) => {}
            Poll::Ready(Err(_)) | Poll::Pending => return,
        }
    }
}

fn start<A: ServeTarget, L: Listener>(handshake: L::Handshake, parts: &ServerParts<A>) {
    let Ok(app) = catch_unwind(AssertUnwindSafe(|| parts.app.clone())) else {
        fault::accept("a connection was closed: the service panicked when it was cloned");
        return;
    };
    let (server, runtime) = (Arc::clone(&parts.server), Arc::clone(&parts.runtime));
    connection::spawn::<A, L>(handshake, app, server, runtime);
}

/// Returns `true` if the connection was gone before it was accepted: the listener is fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}
