//! Clients of HTTP/1 and HTTP/2 that ask for faults, one after the other, and know what each has to be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::task::JoinSet;

use super::ledger::Ledger;
use crate::common::cases::{
    Answer, Case, GoesOn, LARGE, Outcome, Reset, SMALL, get, is_reset, post,
};
use crate::common::http2::Http2Client;
use crate::common::{Client, PATIENCE};

/// No faults.
const INNOCENT: &[Case] = &[get("/ok", Answer(200), &[], false)];

/// Which are over at once.
const QUICK: &[Case] = &[
    get("/ok", Answer(200), &[], false),
    get("/echo/100000", Answer(200), &[], false),
    post("/json", SMALL, Answer(200), &[], false),
    post("/json", LARGE, Answer(200), &[], false),
    post("/upload", LARGE, Answer(200), &[], false),
    post("/upload", 3 * 1024 * 1024, Answer(413), &[], false),
    get("/panic", Answer(500), &["panic"], false),
    get("/panic-payload", Answer(500), &["panic", "panic"], false),
    get("/panic-body", Reset, &["panic"], false),
    get("/middleware-panic", Answer(500), &["panic"], false),
    get("/sync", Answer(200), &[], false),
    get("/block/20", Answer(200), &[], false),
    get("/spin/5", Answer(200), &[], false),
];

/// Which take their time, but not the machine's.
const SLOW: &[Case] = &[
    get("/await", Answer(504), &["timeout"], false),
    get("/block/300", Answer(200), &[], false),
    get("/block/4000", Answer(504), &["blocked"], false),
    get("/events", GoesOn, &[], false),
];

/// Which burn what there is of the machine.
const BURNING: &[Case] = &[
    get("/spin/50", Answer(200), &[], false),
    get("/spin/300", Answer(200), &[], false),
    get("/spin/4000", Answer(504), &["blocked"], false),
];

/// Which never come back. Those that burn a thread until the end are only a few.
const LOSING: &[Case] = &[
    get("/block", Answer(504), &["blocked"], true),
    get("/extractor-block", Answer(504), &["blocked"], true),
    post("/read-then-block", LARGE, Answer(504), &["blocked"], true),
    post("/drop-then-block", LARGE, Answer(504), &["blocked"], true),
    get("/block-body", Reset, &["blocked"], true),
    get("/spin", Answer(504), &["blocked"], true),
    post("/read-then-block", SMALL, Answer(504), &["blocked"], true),
    post("/drop-then-block", SMALL, Answer(504), &["blocked"], true),
    get("/block-body", Reset, &["blocked"], true),
    get("/spin-body", Reset, &["blocked"], true),
];

/// A kind of client: what it asks for, and how long it waits in between, at most.
#[derive(Clone, Copy)]
struct Habit {
    cases: &'static [Case],
    pause: Duration,
}

const HABITS: &[(usize, Habit)] = &[
    (8, Habit { cases: INNOCENT, pause: Duration::ZERO }),
    (12, Habit { cases: QUICK, pause: Duration::from_millis(100) }),
    (24, Habit { cases: SLOW, pause: Duration::from_millis(20) }),
    (2, Habit { cases: BURNING, pause: Duration::from_millis(500) }),
];
/// Each with as many requests at a time as there are habits.
const HTTP2_CONNECTIONS: usize = 4;

/// Clients that go on until they are stopped.
pub struct Faulty {
    stop: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

/// What each of them needs.
struct Worker {
    address: SocketAddr,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    random: Rng,
    sent: u64,
}

impl Faulty {
    /// For about `length`, in which each of [`LOSING`] is sent once, if `loses`.
    pub async fn start(
        address: SocketAddr,
        ledger: &Arc<Ledger>,
        random: &mut Rng,
        loses: Option<Duration>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        let mut worker = || Worker {
            address,
            ledger: Arc::clone(ledger),
            stop: Arc::clone(&stop),
            random: random.fork(),
            sent: 0,
        };
        for (number, habit) in HABITS {
            for _ in 0..*number {
                clients.spawn(worker().of_http1(*habit));
            }
        }
        for _ in 0..HTTP2_CONNECTIONS {
            let client = Http2Client::connect(address).await;
            for (_, habit) in HABITS {
                clients.spawn(worker().of_http2(*habit, client.clone()));
            }
        }
        if let Some(length) = loses {
            clients.spawn(worker().loses_threads(length));
        }
        Self { stop, clients }
    }

    /// Whether one has got something else than it had to get, and has said so.
    pub fn has_failed(&mut self) -> bool {
        std::iter::from_fn(|| self.clients.try_join_next()).any(|client| client.is_err())
    }

    /// Each got what it had to get.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.clients.join_all().await;
    }
}

impl Worker {
    async fn of_http1(mut self, habit: Habit) {
        let mut client = Client::connect(self.address).await;
        while self.goes_on() {
            let (case, id) = self.next(habit.cases);
            let outcome = in_time(&case, case.send(&mut client, &id)).await;
            self.ledger.answered(&case, &id, outcome);
            // What goes on is given up, and after a body that was not taken the server closes. Some
            // others end, too, so that connections come and go.
            let is_over = matches!(outcome, Reset | GoesOn)
                || (case.body > 0 && outcome != Answer(200))
                || self.random.u32(..50) == 0;
            if is_over {
                client = Client::connect(self.address).await;
            }
            self.pause(habit.pause).await;
        }
    }

    async fn of_http2(mut self, habit: Habit, mut client: Http2Client) {
        while self.goes_on() {
            let (case, id) = self.next(habit.cases);
            let request = case.request(&id);
            let exchange = async {
                match client.send(request).await {
                    Ok(response) => case.outcome(response).await,
                    // A head that is not sent yet goes with its stream.
                    Err(error) if case.outcome == Reset && is_reset(&error) => Reset,
                    Err(error) => panic!("{case:?} {id}: {error:?}"),
                }
            };
            let outcome = in_time(&case, exchange).await;
            self.ledger.answered(&case, &id, outcome);
            self.pause(habit.pause.max(Duration::from_millis(5))).await;
        }
    }

    /// Spreads them over the time there is.
    async fn loses_threads(mut self, length: Duration) {
        let pause = length / u32::try_from(LOSING.len() + 1).expect("a few");
        for case in LOSING {
            let (_, id) = self.next(std::slice::from_ref(case));
            let mut client = Client::connect(self.address).await;
            let outcome = in_time(case, case.send(&mut client, &id)).await;
            self.ledger.answered(case, &id, outcome);
            tokio::time::sleep(pause).await;
        }
    }

    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn next(&mut self, cases: &[Case]) -> (Case, String) {
        self.sent += 1;
        let case = cases[self.random.usize(..cases.len())];
        (case, format!("{:016x}-{}", self.random.u64(..), self.sent))
    }

    async fn pause(&mut self, most: Duration) {
        if !most.is_zero() {
            tokio::time::sleep(most.mul_f64(self.random.f64())).await;
        }
    }
}

async fn in_time(case: &Case, exchange: impl Future<Output = Outcome>) -> Outcome {
    let outcome = tokio::time::timeout(PATIENCE, exchange).await;
    outcome.unwrap_or_else(|_| panic!("{case:?} was not answered in {PATIENCE:?}"))
}
