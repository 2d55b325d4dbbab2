//! oserver, as its documentation says.

use std::sync::OnceLock;

use oserver::extract::{Path, State};
use oserver::routing::get;
use oserver::{Counts, Router, Supervisor};

use crate::fault;

/// The reader of the counters comes with the server, so after the router and its state.
static COUNTS: OnceLock<Counts> = OnceLock::new();

#[oserver::main]
pub async fn serve() {
    let router = Router::new()
        .route("/ok", get(ok))
        .route("/block/a", get(block))
        .route("/block/b", get(block))
        .route("/block/c", get(block))
        .route("/spin", get(spin))
        .route("/panic", get(panic))
        .route("/counts", get(counts))
        .route("/wedge/{owner}", get(wedge))
        .with_state(owners());
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let server = oserver::serve(listener, router).timeout(crate::timeout());
    _ = COUNTS.set(server.counts());
    crate::announce(server.local_addr().expect("an address"));
    server.await.expect("serving");
}

#[oserver::handler]
async fn ok() -> &'static str {
    crate::HELLO
}

#[oserver::handler]
async fn block() -> &'static str {
    fault::block()
}

#[oserver::handler]
async fn spin() -> &'static str {
    fault::spin()
}

#[oserver::handler]
async fn panic() -> &'static str {
    fault::panic()
}

/// What a task owns that will be stuck.
struct Owner;

type Owners = [OwnerHandle; 4];

#[oserver::actor]
impl Owner {
    pub fn wedge(&mut self) -> &'static str {
        fault::block()
    }
}

fn owners() -> Owners {
    [(); 4].map(|()| Supervisor::new().timeout(crate::timeout()).supervise(|| Owner))
}

#[oserver::handler]
async fn wedge(
    State(owners): State<Owners>,
    Path(owner): Path<usize>,
) -> oserver::Result<&'static str> {
    Ok(owners[owner % owners.len()].wedge().await?)
}

/// How many panics were counted so far, on all routes.
#[oserver::handler]
async fn counts() -> String {
    let routes = COUNTS.get().map(Counts::routes).unwrap_or_default();
    routes.iter().map(|route| route.panics).sum::<u64>().to_string()
}
