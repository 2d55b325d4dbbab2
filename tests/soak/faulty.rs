//! Clients of HTTP/1 and HTTP/2 that ask for faults, one after the other, and know what each has to be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::task::JoinSet;

use super::ledger::Ledger;
use crate::common::cases::{Answer, Case, GoesOn, LARGE, Outcome, QUICK, Reset, SMALL, get, post};
use crate::common::http2::Http2Client;
use crate::common::{Client, PATIENCE};

/// No faults.
const INNOCENT: &[Case] = &[get("/ok", Answer(200), &[], false)];

/// Which take their time, but little of the machine's.
const SLOW: &[Case] = &[
    get("/block/20", Answer(200), &[], false),
    get("/spin/5", Answer(200), &[], false),
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
    (6, Habit { cases: INNOCENT, pause: Duration::ZERO }),
    (12, Habit { cases: QUICK, pause: Duration::from_millis(100) }),
    (24, Habit { cases: SLOW, pause: Duration::from_millis(20) }),
    (1, Habit { cases: BURNING, pause: Duration::from_millis(500) }),
];
/// Each with a request at a time of each habit.
const HTTP2_CONNECTIONS: usize = 4;

/// Clients that go on until they are stopped.
pub(crate) struct Faulty {
    stop: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

/// The state of one client.
struct Worker {
    address: SocketAddr,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    random: Rng,
    sent: u64,
}

impl Faulty {
    /// For about `length`, in which each of [`LOSING`] is sent once, if `loses`.
    pub(crate) async fn start(
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
            // One client that keeps the machine busy is enough.
            for (_, habit) in HABITS.iter().filter(|(number, _)| *number > 1) {
                clients.spawn(worker().of_http2(*habit, client.clone()));
            }
        }
        if let Some(length) = loses {
            clients.spawn(worker().loses_threads(length));
        }
        Self { stop, clients }
    }

    /// Whether one has got something else than it had to get, and has said so.
    pub(crate) fn has_failed(&mut self) -> bool {
        std::iter::from_fn(|| self.clients.try_join_next()).any(|client| client.is_err())
    }

    /// Each got what it had to get.
    pub(crate) async fn stop(self) {
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
            // A response that goes on is given up, and after a body that was not taken the server closes, as it does
            // where a handler blocked the task of the connection. Some others end, too, so that connections come and go.
            let is_over = matches!(outcome, Reset | GoesOn)
                || (case.body > 0 && outcome != Answer(200))
                || (outcome == Answer(504) && !client.is_open().await)
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
            let exchange = async { case.outcome_of_stream(client.send(request).await).await };
            let outcome = in_time(&case, exchange).await;
            self.ledger.answered(&case, &id, outcome);
            self.pause(habit.pause.max(Duration::from_millis(5))).await;
        }
    }

    /// Spreads them over the time there is. In between the counter's actor panics, and at the end it
    /// takes a thread, too.
    async fn loses_threads(mut self, length: Duration) {
        let pause = length / u32::try_from(LOSING.len() + 2).expect("a few");
        for case in LOSING {
            if self.random.u8(..3) == 0 {
                self.breaks_the_actor("/poison", &[503]).await;
            }
            let id = self.id();
            let mut client = Client::connect(self.address).await;
            let outcome = in_time(case, case.send(&mut client, &id)).await;
            self.ledger.answered(case, &id, outcome);
            tokio::time::sleep(pause).await;
        }
        self.breaks_the_actor("/wedge", &[503, 504]).await;
    }

    /// Then the actor is another one, that counts again.
    async fn breaks_the_actor(&mut self, path: &'static str, statuses: &[u16]) {
        let id = self.id();
        let mut client = Client::connect(self.address).await;
        let case = get(path, Answer(503), &["error"], false);
        let outcome = in_time(&case, case.send(&mut client, &id)).await;
        let Answer(status) = outcome else { panic!("{path}: {outcome:?}") };
        assert!(statuses.contains(&status), "{path}: {status}");
        self.ledger.broke_actor(&id, status);
        let begin = Instant::now();
        loop {
            let case = get("/count", Answer(200), &[], false);
            let id = self.id();
            match in_time(&case, case.send(&mut client, &id)).await {
                outcome @ Answer(200) => return self.ledger.answered(&case, &id, outcome),
                Answer(status @ (503 | 504)) => self.ledger.broke_actor(&id, status),
                other => panic!("/count: {other:?}"),
            }
            assert!(begin.elapsed() < PATIENCE, "the actor does not come back");
            self.pause(Duration::from_millis(100)).await;
        }
    }

    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn next(&mut self, cases: &[Case]) -> (Case, String) {
        let case = cases[self.random.usize(..cases.len())];
        (case, self.id())
    }

    fn id(&mut self) -> String {
        self.sent += 1;
        format!("{:016x}-{}", self.random.u64(..), self.sent)
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
