//! The same routes, guarded; what was in a mutex belongs to an actor.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use http_body_util::BodyExt;
use oserver::extract::State;
use oserver::routing::{get, post};
use oserver::{HandlerState, Router, ServerMetrics};
use tokio::runtime::Runtime;

use super::faults;

/// The state in the first mutex of the naive server; here only the actor's task has it.
#[derive(Default)]
struct Visits(u64);

#[oserver::actor(timeout = "500ms")]
impl Visits {
    pub(crate) fn visit(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    pub(crate) fn visit_and_panic(&mut self) -> u64 {
        self.0 += 1;
        panic!("broken in the middle of visit {}", self.0)
    }

    pub(crate) fn visit_and_block(&mut self) -> u64 {
        self.0 += 1;
        faults::block()
    }
}

/// The state in the second mutex of the naive server.
#[derive(Default)]
struct Orders(u64);

#[oserver::actor]
impl Orders {
    pub(crate) fn number(&self) -> u64 {
        self.0
    }

    pub(crate) fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// The state that handlers share: nothing that one of them could hold while another waits.
#[derive(Clone, HandlerState)]
struct App {
    visits: VisitsHandle,
    orders: OrdersHandle,
}

/// The guarded server, as the demo observes it from outside.
pub(crate) struct Guarded {
    pub(crate) address: SocketAddr,
    pub(crate) counts: ServerMetrics,
    /// How often the actor of the visits was made.
    pub(crate) actors: Arc<AtomicUsize>,
}

pub(crate) fn start(runtime: Runtime) -> Guarded {
    let actors = Arc::<AtomicUsize>::default();
    let made = Arc::clone(&actors);
    let listener = runtime.block_on(oserver::bind("127.0.0.1:0"));
    let context = runtime.enter();
    let app = App {
        visits: oserver::supervise(move || {
            made.fetch_add(1, Ordering::Relaxed);
            Visits::default()
        }),
        orders: oserver::supervise(Orders::default),
    };
    drop(context);
    let server = oserver::serve(listener.expect("loopback has a free port"), routes(app));
    let address = server.local_addr().expect("a bound listener has an address");
    let counts = server.metrics();
    std::thread::spawn(move || {
        let ended = runtime.block_on(server.into_future());
        eprintln!("the guarded server has ended: {ended:?}");
    });
    Guarded { address, counts, actors }
}

fn routes(app: App) -> Router {
    Router::new()
        .route("/heartbeat", get(heartbeat))
        .route("/visits", get(visit))
        .route("/visits/panic", get(visit_and_panic))
        .route("/visits/block", get(visit_and_block))
        .route("/orders", get(orders))
        .route("/orders/pay", get(pay))
        .route("/panic", get(panic))
        .route("/block", get(block))
        .route("/report", get(report))
        .route("/upload", post(upload))
        .with_state(app)
}

#[oserver::handler]
async fn heartbeat() -> &'static str {
    "alive"
}

#[oserver::handler]
async fn visit(State(app): State<App>) -> oserver::Result<String> {
    Ok(app.visits.visit().await?.to_string())
}

#[oserver::handler]
async fn visit_and_panic(State(app): State<App>) -> oserver::Result<String> {
    Ok(app.visits.visit_and_panic().await?.to_string())
}

#[oserver::handler]
async fn visit_and_block(State(app): State<App>) -> oserver::Result<String> {
    Ok(app.visits.visit_and_block().await?.to_string())
}

#[oserver::handler]
async fn orders(State(app): State<App>) -> oserver::Result<String> {
    Ok(app.orders.number().await?.to_string())
}

/// Waits here, and not in the actor: what takes long and needs no state keeps nobody else waiting.
#[oserver::handler(timeout = "500ms")]
async fn pay(State(app): State<App>) -> oserver::Result<String> {
    faults::payment().await;
    Ok(app.orders.add().await?.to_string())
}

#[oserver::handler]
async fn panic() -> &'static str {
    panic!("the handler broke")
}

#[oserver::handler(timeout = "500ms")]
async fn block() -> &'static str {
    faults::block()
}

#[oserver::handler]
async fn report() -> Body {
    Body::new(faults::report())
}

#[oserver::handler(timeout = "500ms")]
async fn upload(body: Body) -> oserver::Result<String> {
    // Not by an extractor: those run within the server's limit, before the handler's holds.
    Ok(body.collect().await?.to_bytes().len().to_string())
}
