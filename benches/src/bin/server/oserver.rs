//! oserver, as its documentation says.

use std::sync::OnceLock;

use axum::body::Body;
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
        .route("/await", get(wait))
        .route("/panic-body", get(panic_body))
        .route("/block-body", get(block_body))
        .route("/count", get(count))
        .route("/poison", get(poison))
        .route("/wedge", get(wedge_first))
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

#[oserver::handler]
async fn wait() -> &'static str {
    fault::wait().await
}

#[oserver::handler]
async fn panic_body() -> Body {
    Body::from_stream(fault::body(fault::panic))
}

#[oserver::handler]
async fn block_body() -> Body {
    Body::from_stream(fault::body(fault::block))
}

/// What others would share under a lock.
#[derive(Default)]
struct Counter(u64);

type Owners = [CounterHandle; 4];

#[oserver::actor]
impl Counter {
    pub fn count(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    pub fn poison(&mut self) -> u64 {
        fault::panic()
    }

    pub fn wedge(&mut self) -> u64 {
        fault::block()
    }
}

fn owners() -> Owners {
    [(); 4].map(|()| Supervisor::new().timeout(crate::timeout()).supervise(Counter::default))
}

#[oserver::handler]
async fn count(State([owner, ..]): State<Owners>) -> oserver::Result<String> {
    Ok(owner.count().await?.to_string())
}

#[oserver::handler]
async fn poison(State([owner, ..]): State<Owners>) -> oserver::Result<String> {
    Ok(owner.poison().await?.to_string())
}

#[oserver::handler]
async fn wedge_first(State([owner, ..]): State<Owners>) -> oserver::Result<String> {
    Ok(owner.wedge().await?.to_string())
}

#[oserver::handler]
async fn wedge(State(owners): State<Owners>, Path(owner): Path<usize>) -> oserver::Result<String> {
    Ok(owners[owner % owners.len()].wedge().await?.to_string())
}

/// How many panics were counted so far, on all routes.
#[oserver::handler]
async fn counts() -> String {
    let routes = COUNTS.get().map(Counts::routes).unwrap_or_default();
    routes.iter().map(|route| route.panics).sum::<u64>().to_string()
}
