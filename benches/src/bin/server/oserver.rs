//! oserver, as its documentation says.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::OnceLock;

use bytes::Bytes;
use oserver::body::Body;
use oserver::extract::{FromRequestParts, Json, Path, State};
use oserver::http::request::Parts;
use oserver::middleware::map_request;
use oserver::routing::{get, post};
use oserver::{HandlerState, Request, Router, ServerMetrics, Supervisor};

use crate::{fault, shapes};

/// The reader of the counters comes with the server, so after the router and its state.
static COUNTS: OnceLock<ServerMetrics> = OnceLock::new();

#[oserver::main]
pub async fn serve() {
    let mut router = Router::new()
        .route("/ok", get(ok))
        .route("/block/a", get(block))
        .route("/block/b", get(block))
        .route("/block/c", get(block))
        .route("/spin", get(spin))
        .route("/panic", get(panic))
        .route("/panic-payload", get(panic_payload))
        .route("/middleware-panic", get(ok).layer(map_request(panic_in_layer)))
        .route("/extractor-block", get(extractor_block))
        .route("/await", get(wait))
        .route("/read-then-block", post(read_then_block))
        .route("/drop-then-block", post(drop_then_block))
        .route("/panic-body", get(panic_body))
        .route("/block-body", get(block_body))
        .route("/spin-body", get(spin_body))
        .route("/count", get(count))
        .route("/poison", get(poison))
        .route("/wedge", get(wedge_first))
        .route("/count-then-block", get(count_then_block))
        .route("/counts", get(counts))
        .route("/wedge/{actor}", get(wedge))
        .route("/users/{id}", get(user))
        .route("/json", post(json))
        .route("/large", get(large));
    for number in 0..shapes::MANY {
        router = router.route(&format!("/many/{number}"), get(ok));
    }
    let router = router.with_state(actors());
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let server = oserver::serve(listener, router).timeout(crate::timeout());
    _ = COUNTS.set(server.metrics());
    crate::announce(server.local_addr().expect("an address"));
    server.await.expect("serving");
}

#[oserver::handler]
async fn ok() -> &'static str {
    crate::HELLO
}

#[oserver::handler]
async fn user(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[oserver::handler]
async fn json(Json(value): Json<serde_json::Value>) -> Json<serde_json::Value> {
    Json(value)
}

#[oserver::handler]
async fn large() -> Bytes {
    shapes::large()
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
async fn panic_payload() -> &'static str {
    fault::panic_payload()
}

async fn panic_in_layer(_: Request) -> Request {
    fault::panic()
}

/// An extractor that blocks its thread.
#[derive(HandlerState)]
pub struct Blocks;

impl<S: Sync> FromRequestParts<S> for Blocks {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        fault::block()
    }
}

#[oserver::handler]
async fn extractor_block(_: Blocks) -> &'static str {
    crate::HELLO
}

#[oserver::handler]
async fn read_then_block(_: Bytes) -> &'static str {
    fault::block()
}

#[oserver::handler]
async fn drop_then_block(body: Body) -> &'static str {
    drop(body);
    fault::block()
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

#[oserver::handler]
async fn spin_body() -> Body {
    Body::from_stream(fault::body(fault::spin))
}

/// State that the other servers would share under a lock.
#[derive(Default)]
struct Counter(u64);

type Actors = [CounterHandle; 4];

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

fn actors() -> Actors {
    [(); 4].map(|()| Supervisor::new().timeout(crate::timeout()).supervise(Counter::default))
}

#[oserver::handler]
async fn count(State([actor, ..]): State<Actors>) -> oserver::Result<String> {
    Ok(actor.count().await?.to_string())
}

#[oserver::handler]
async fn poison(State([actor, ..]): State<Actors>) -> oserver::Result<String> {
    Ok(actor.poison().await?.to_string())
}

#[oserver::handler]
async fn wedge_first(State([actor, ..]): State<Actors>) -> oserver::Result<String> {
    Ok(actor.wedge().await?.to_string())
}

#[oserver::handler]
async fn count_then_block(State([actor, ..]): State<Actors>) -> String {
    let mut call = pin!(actor.count());
    poll_fn(|context| {
        // The first poll sends it.
        _ = call.as_mut().poll(context);
        fault::block()
    })
    .await
}

#[oserver::handler]
async fn wedge(State(actors): State<Actors>, Path(actor): Path<usize>) -> oserver::Result<String> {
    Ok(actors[actor % actors.len()].wedge().await?.to_string())
}

/// How many panics were counted so far, on all routes.
#[oserver::handler]
async fn counts() -> String {
    let routes = COUNTS.get().map(ServerMetrics::routes).unwrap_or_default();
    routes.iter().map(|route| route.panics).sum::<u64>().to_string()
}
