//! Requests that both servers are sent, and the responses that the guarded one promises.

use std::sync::atomic::Ordering;

use oserver::RouteMetrics;

use super::WORKERS;
use super::client::{Clients, Reply, summary};
use super::guarded::Guarded;
use super::table::Row;

/// How many requests the client with one connection sends, and how many clients there are at once.
const BURST: usize = 100;

/// Something that both servers are sent, how, and what the guarded one has to answer, as `summary` says it.
pub(crate) struct Case(pub(crate) &'static str, Action, &'static str);

enum Action {
    Get(&'static str),
    /// So often on one connection.
    Again(usize, &'static str),
    /// The one once, the other so often, all at the same time.
    Together(&'static str, usize, &'static str),
    StopInBody(&'static str),
}
use Action::{Again, Get, StopInBody, Together};

impl Case {
    pub(crate) async fn run(&self, naive: &mut Clients, guarded: &mut Clients) -> Row {
        Row {
            sent: self.0,
            naive: summary(&self.1.send(naive).await),
            guarded: summary(&self.1.send(guarded).await),
            promised: self.2.to_owned(),
        }
    }
}

impl Action {
    async fn send(&self, clients: &mut Clients) -> Vec<Reply> {
        match *self {
            Get(path) => clients.get(path, 1).await,
            Again(times, path) => clients.get(path, times).await,
            Together(first, times, path) => {
                let others = std::iter::repeat_n(path, times);
                clients.get_together(std::iter::once(first).chain(others)).await
            }
            StopInBody(path) => clients.stop_in_body(path).await,
        }
    }
}

/// In the order in which they are sent: some show what an earlier one left behind.
pub(crate) const CASES: &[Case] = &[
    Case("a request, before any fault", Get("/visits"), "200"),
    // Not 500: nothing is wrong with the request, and it may be sent again.
    Case("a panic in the middle of a change of the state", Get("/visits/panic"), "503"),
    Case("the next request that needs this state", Get("/visits"), "200"),
    Case("a handler awaits for ever while it changes other state", Get("/orders/pay"), "504"),
    Case("the next request that needs that state", Get("/orders"), "200"),
    Case("100 panics on one kept-alive connection", Again(BURST, "/panic"), "100 × 500"),
    Case("a body panics in its second frame", Get("/report"), "200, then connection reset"),
    Case("a client stops in the middle of its body", StopInBody("/upload"), "408"),
    Case("the heartbeat, which needs no state", Get("/heartbeat"), "200"),
    // One caller is told; the others are served by that actor or by the fresh one.
    Case(
        "100 requests for the state, one of them panics in it",
        Together("/visits/panic", BURST - 1, "/visits"),
        "99 × 200, then 503",
    ),
    Case("a change of the state blocks its thread for ever", Get("/visits/block"), "503"),
    Case("the next request that needs this state", Get("/visits"), "200"),
    Case(
        "2 handlers block their threads for ever",
        Together("/block", WORKERS - 1, "/block"),
        "2 × 504",
    ),
    Case("the heartbeat, once more", Get("/heartbeat"), "200"),
    Case("the first request again, after all faults", Get("/visits"), "200"),
];

/// Returns rows with the metrics of the guarded server after all requests.
pub(crate) fn counted(server: &Guarded) -> Vec<Row> {
    let routes = server.counts.routes();
    let sum = |count: fn(&RouteMetrics) -> u64| routes.iter().map(count).sum::<u64>();
    let row = |sent, guarded: u64, promised: usize| Row {
        sent,
        naive: "not counted".to_owned(),
        guarded: guarded.to_string(),
        promised: promised.to_string(),
    };
    let actors = server.actors.load(Ordering::Relaxed);
    vec![
        // The burst's, the body's.
        row("panics of handlers counted", sum(|route| route.panics), BURST + 1),
        // The one that awaits, and those that block.
        row("timeouts counted", sum(|route| route.timeouts), 1 + WORKERS),
        row("threads blocked by handlers counted", sum(|route| route.stuck), WORKERS),
        row("stalled bodies counted", sum(|route| route.stalled_bodies), 1),
        // The first, and one for each that broke.
        row("actors of the state, one after the other", actors as u64, 1 + 3),
    ]
}
