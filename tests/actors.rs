//! An actor that panics, hangs or blocks is replaced: its callers are told, and nobody else
//! notices.

#![allow(clippy::print_stdout, reason = "what was measured is said")]
#![allow(unreachable_pub, reason = "commands are public methods")]

mod common;

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::load::Load;
use common::{PATIENCE, TestServer, eventually, run, run_for};
use oserver::{CallError, Supervisor};

/// What a command waits for.
#[derive(Default)]
pub struct Gate {
    begun: AtomicBool,
    open: AtomicBool,
    passed: AtomicBool,
}

/// Waits until a command has set it.
async fn set(what: &str, flag: &AtomicBool) {
    eventually(what, || flag.load(Ordering::SeqCst)).await;
}

/// A call that is queued while a command of [`impatient`] is stuck. Outside of a handler a call may wait as long as a
/// command may take, so one that comes right after the command would expire while the actor restarts.
async fn add_later(counter: &CounterHandle) -> Result<u64, CallError> {
    tokio::time::sleep(IMPATIENT / 2).await;
    counter.add().await
}

/// Counts, and does what is asked of it.
#[derive(Default)]
struct Counter(u64);

#[oserver::actor]
impl Counter {
    /// One more.
    pub fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    pub async fn get(&self) -> u64 {
        tokio::task::yield_now().await;
        self.0
    }

    pub fn panic(&mut self) {
        self.0 += 1000;
        panic!("in the middle of a change");
    }

    pub async fn hang(&mut self, begun: Arc<AtomicBool>) {
        begun.store(true, Ordering::SeqCst);
        std::future::pending().await
    }

    pub fn block(&mut self, begun: Arc<AtomicBool>) {
        begun.store(true, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }

    /// Blocks until it may go on.
    pub fn block_until(&mut self, gate: Arc<Gate>) -> u64 {
        gate.begun.store(true, Ordering::SeqCst);
        while !gate.open.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        gate.passed.store(true, Ordering::SeqCst);
        self.0
    }

    /// Waits until it may go on.
    pub async fn wait_until(&mut self, gate: Arc<Gate>) {
        gate.begun.store(true, Ordering::SeqCst);
        while !gate.open.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn wait_for(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

fn counter() -> CounterHandle {
    oserver::supervise(Counter::default)
}

const IMPATIENT: Duration = Duration::from_millis(200);

fn impatient() -> Supervisor {
    Supervisor::new().timeout(IMPATIENT)
}

#[test]
fn calls_are_answered_in_their_order() {
    run(async {
        let counter = counter();
        for number in 1..=100 {
            assert_eq!(counter.add().await, Ok(number));
        }
        assert_eq!(counter.get().await, Ok(100));
    });
}

#[test]
fn a_panic_fails_its_call_and_resets_the_state() {
    run(async {
        let counter = counter();
        assert_eq!(counter.add().await, Ok(1));
        assert_eq!(counter.panic().await, Err(CallError::Restarted));
        assert_eq!(counter.add().await, Ok(1), "a fresh one, and not the half-changed one");
    });
}

#[test]
fn calls_that_wait_go_to_the_fresh_actor() {
    run(async {
        let counter = counter();
        let gate = Arc::new(Gate::default());
        // In their order, each by its first poll.
        let (_, panicked, first, second, ()) = tokio::join!(
            biased;
            counter.wait_until(Arc::clone(&gate)),
            counter.panic(),
            counter.add(),
            counter.add(),
            async { gate.open.store(true, Ordering::SeqCst) },
        );
        assert_eq!((panicked, first, second), (Err(CallError::Restarted), Ok(1), Ok(2)));
    });
}

#[test]
fn a_command_that_awaits_for_ever_is_given_up() {
    run(async {
        let counter = impatient().supervise(Counter::default);
        assert_eq!(counter.add().await, Ok(1));
        let begun = Arc::new(AtomicBool::new(false));
        let (hung, after) = tokio::join!(counter.hang(Arc::clone(&begun)), async {
            set("the command hangs", &begun).await;
            add_later(&counter).await
        });
        assert!(matches!(hung, Err(CallError::Restarted | CallError::Expired)), "{hung:?}");
        assert_eq!(after, Ok(1));
    });
}

#[test]
fn a_command_that_blocks_its_thread_is_given_up() {
    run(async {
        let counter = impatient().supervise(Counter::default);
        assert_eq!(counter.add().await, Ok(1));
        let begun = Arc::new(AtomicBool::new(false));
        let (blocked, after) = tokio::join!(counter.block(Arc::clone(&begun)), async {
            set("the command blocks", &begun).await;
            add_later(&counter).await
        });
        assert!(matches!(blocked, Err(CallError::Restarted | CallError::Expired)), "{blocked:?}");
        assert_eq!(after, Ok(1));
        for number in 2..100 {
            assert_eq!(counter.add().await, Ok(number));
        }
    });
}

#[test]
fn a_thread_that_comes_back_does_no_more_for_the_actor() {
    run(async {
        let counter = impatient().supervise(Counter::default);
        assert_eq!(counter.add().await, Ok(1));
        let gate = Arc::new(Gate::default());
        let (late, _) = tokio::join!(counter.block_until(Arc::clone(&gate)), async {
            set("the command blocks", &gate.begun).await;
            assert_eq!(add_later(&counter).await, Ok(1), "of the fresh actor");
        });
        assert!(matches!(late, Err(CallError::Restarted | CallError::Expired)), "{late:?}");
        gate.open.store(true, Ordering::SeqCst);
        set("the thread comes back", &gate.passed).await;
        for number in 2..100 {
            assert_eq!(counter.add().await, Ok(number));
        }
    });
}

#[test]
fn a_full_mailbox_is_overload_at_once() {
    run(async {
        let counter = Supervisor::new().mailbox_capacity(2).supervise(Counter::default);
        assert_eq!(counter.add().await, Ok(1));
        let gate = Arc::new(Gate::default());
        let busy = {
            let counter = counter.clone();
            let gate = Arc::clone(&gate);
            tokio::spawn(async move { counter.wait_until(gate).await })
        };
        set("the actor is busy", &gate.begun).await;
        // A call is in the mailbox after its first poll.
        let (first, second, third) = tokio::join!(biased; counter.add(), counter.add(), async {
            let refused = counter.add().await;
            gate.open.store(true, Ordering::SeqCst);
            refused
        });
        assert_eq!((first, second, third), (Ok(2), Ok(3), Err(CallError::Overloaded)));
        assert_eq!(busy.await.expect("no panic"), Ok(()));
    });
}

#[test]
fn a_call_that_waits_too_long_expires_and_is_not_run() {
    run(async {
        let counter =
            Supervisor::new().timeout(Duration::from_millis(300)).supervise(Counter::default);
        assert_eq!(counter.add().await, Ok(1));
        let begin = Instant::now();
        let (waited, expired) = tokio::join!(
            async {
                // Each is done in time, and both together are not.
                let first = counter.wait_for(Duration::from_millis(250));
                let second = counter.wait_for(Duration::from_millis(250));
                tokio::join!(first, second)
            },
            counter.add()
        );
        assert_eq!(waited.0, Ok(()));
        assert_eq!(expired, Err(CallError::Expired));
        assert!(begin.elapsed() < PATIENCE);
        eventually_idle(&counter).await;
        assert_eq!(counter.add().await, Ok(2), "the expired one was not run");
    });
}

/// Few, so that the watchdog sleeps as long as it may, and at different times, so that none is told just
/// because another is.
#[test]
fn callers_outside_of_handlers_expire_in_time() {
    const LIMIT: Duration = Duration::from_secs(3);
    run(async {
        let callers: Vec<_> = (0..5)
            .map(|number| {
                tokio::spawn(async move {
                    tokio::time::sleep(number * LIMIT / 6).await;
                    let counter = Supervisor::new().timeout(LIMIT).supervise(Counter::default);
                    assert_eq!(counter.add().await, Ok(1));
                    // Each command has the whole limit; the caller of the second has had its own when that is at
                    // work.
                    let begin = Instant::now();
                    let (first, second) = tokio::join!(counter.wait_for(LIMIT * 9 / 10), async {
                        let second = counter.wait_for(LIMIT * 9 / 10).await;
                        (second, begin.elapsed())
                    });
                    assert_eq!((first, second.0), (Ok(()), Err(CallError::Expired)));
                    second.1 - LIMIT
                })
            })
            .collect();
        let mut late = Vec::new();
        for caller in callers {
            late.push(caller.await.expect("no panic"));
        }
        late.sort_unstable();
        println!("told {late:?} after the deadline");
        assert!(late[late.len() / 2] < LIMIT / 6, "told {late:?} after the deadline");
    });
}

async fn eventually_idle(counter: &CounterHandle) {
    let begin = Instant::now();
    while counter.get().await.is_err() {
        assert!(begin.elapsed() < PATIENCE);
    }
}

#[test]
fn a_call_that_is_dropped_in_time_is_not_run() {
    run(async {
        let counter = counter();
        let waits = counter.wait_for(Duration::from_millis(100));
        let dropped = async {
            let added = tokio::time::timeout(Duration::from_millis(20), counter.add()).await;
            assert!(added.is_err(), "the actor is busy");
        };
        let (waited, ()) = tokio::join!(waits, dropped);
        assert_eq!(waited, Ok(()));
        assert_eq!(counter.get().await, Ok(0));
    });
}

/// Says when it is dropped.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Default)]
struct Stops {
    handled: u64,
    at_the_end: Arc<AtomicU64>,
    _dropped: Option<Dropped>,
}

#[oserver::actor(stop = close)]
impl Stops {
    pub async fn work(&mut self) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.handled += 1;
    }

    async fn close(&mut self) {
        tokio::task::yield_now().await;
        self.at_the_end.store(self.handled, Ordering::SeqCst);
    }
}

#[test]
fn the_last_handle_ends_the_actor_after_what_waits() {
    run(async {
        let (at_the_end, dropped) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
        let handle = {
            let (at_the_end, dropped) = (Arc::clone(&at_the_end), Arc::clone(&dropped));
            oserver::supervise(move || Stops {
                handled: 0,
                at_the_end: Arc::clone(&at_the_end),
                _dropped: Some(Dropped(Arc::clone(&dropped))),
            })
        };
        let calls: Vec<_> = (0..10)
            .map(|_| {
                let handle = handle.clone();
                tokio::spawn(async move { handle.work().await })
            })
            .collect();
        drop(handle);
        for call in calls {
            assert_eq!(call.await.expect("no panic"), Ok(()));
        }
        eventually("it is stopped", || dropped.load(Ordering::SeqCst) == 1).await;
        assert_eq!(at_the_end.load(Ordering::SeqCst), 10);
    });
}

/// What clients of the `faults` example get of its counter.
async fn ask_everything(faults: &Faults) {
    let count = || async { faults.get("/count").await };
    assert_eq!(count().await.text(), "1");
    assert_eq!(count().await.text(), "2");

    let poisoned = faults.get("/poison").await;
    assert_eq!(poisoned.status, 503);
    assert_eq!(poisoned.header("content-type"), "application/problem+json");
    assert_eq!(poisoned.header("retry-after"), "1");
    assert_eq!(poisoned.json()["request_id"], poisoned.header("x-request-id"));
    let id = poisoned.header("x-request-id");
    eventually("the request's record", || faults.kinds(id) == ["error"]).await;
    eventually("the actor's record", || faults.recorded("actor-panic") == 1).await;
    assert_eq!(count().await.text(), "1", "a fresh one");
    // With what the first record opens.
    let before = faults.resources();

    let wedged = faults.get("/wedge").await.status.as_u16();
    assert!([503, 504].contains(&wedged), "{wedged}");
    // It waits in the mailbox until the actor is given up, if that is still to come.
    let after = count().await;
    assert_eq!((after.status.as_u16(), after.text()), (200, "1"));
    eventually("it is recorded", || faults.recorded("actor-blocked") == 1).await;

    let blocks = async { faults.get("/count-then-block").await.status };
    let counts = async {
        let mut client = faults.connect().await;
        let begin = Instant::now();
        let mut last = 1;
        while begin.elapsed() < Duration::from_millis(500) {
            let reply = client.get("/count").await;
            assert_eq!(reply.status, 200);
            let number: u64 = reply.text().parse().expect("a number");
            assert!(number > last, "{number} after {last}");
            last = number;
        }
    };
    let (blocked, ()) = tokio::join!(blocks, counts);
    assert_eq!(blocked, 504);
    assert_eq!(count().await.status, 200);
    faults.settles(before, 2).await;
}

#[test]
fn each_fault_of_an_actor_fails_only_its_own_call() {
    run_for(3 * PATIENCE, async {
        // The first that blocks is the dangerous one; then its route is known.
        for _ in 0..5 {
            ask_everything(&Faults::start()).await;
        }
    });
}

#[test]
fn each_fault_of_an_actor_fails_only_its_own_call_under_load() {
    run_for(3 * PATIENCE, async {
        let faults = Faults::start();
        let load = Load::start(faults.address, 8);
        eventually("the load begins", || load.served() > 100).await;
        ask_everything(&faults).await;
        load.stop().await;
    });
}

#[test]
fn a_call_waits_for_a_factory_that_fails_at_first() {
    run(async {
        let tries = Arc::new(AtomicUsize::new(0));
        let counter = {
            let tries = Arc::clone(&tries);
            Supervisor::new().supervise(move || {
                let tries = Arc::clone(&tries);
                async move {
                    tokio::task::yield_now().await;
                    match tries.fetch_add(1, Ordering::SeqCst) {
                        0 => Err(std::io::Error::other("the database is not there yet")),
                        1 => panic!("a factory may panic, too"),
                        _ => Ok(Counter::default()),
                    }
                }
            })
        };
        assert_eq!(counter.add().await, Ok(1));
        assert_eq!(tries.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn an_actor_that_cannot_be_kept_up_takes_liveness_with_it() {
    run(async {
        let counter = Supervisor::new()
            .restart_limit(3, Duration::from_secs(60))
            .backoff(Duration::from_millis(1), Duration::from_millis(1))
            .supervise(Counter::default);
        let router = oserver::Router::new().route("/health", oserver::health());
        let server = TestServer::start(router).await;
        for _ in 0..3 {
            assert_eq!(counter.panic().await, Err(CallError::Restarted));
            assert_eq!(counter.add().await, Ok(1));
        }
        assert_eq!(server.get("/health").await.status, 200, "that is within its budget");
        assert_eq!(counter.panic().await, Err(CallError::Restarted));
        assert_eq!(counter.add().await, Ok(1), "it goes on all the same");
        assert_eq!(server.get("/health").await.status, 503);
    });
}

#[test]
fn four_actors_that_block_at_once_hold_up_neither_another_nor_requests() {
    run(async {
        let innocent = counter();
        let wedged: Vec<_> = (0..4)
            .map(|_| {
                let actor = impatient().supervise(Counter::default);
                tokio::spawn(async move {
                    let blocked = actor.block(Arc::default()).await;
                    (blocked, actor.add().await)
                })
            })
            .collect();
        let server = TestServer::start(oserver::Router::new().route("/health", oserver::health()));
        let server = server.await;
        let mut number = 0;
        while !wedged.iter().all(tokio::task::JoinHandle::is_finished) {
            number += 1;
            assert_eq!(innocent.add().await, Ok(number));
            assert_eq!(server.get("/health").await.status, 200);
        }
        for actor in wedged {
            let (blocked, after) = actor.await.expect("no panic");
            assert!(matches!(blocked, Err(CallError::Restarted | CallError::Expired)));
            assert_eq!(after, Ok(1));
        }
    });
}

/// A server that is stopped when told to.
async fn stopped(
    drain: Duration,
) -> (tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<Result<(), oserver::ServeError>>) {
    let (stop, told) = tokio::sync::oneshot::channel::<()>();
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let serve = oserver::serve(listener, oserver::Router::new())
        .shutdown_timeout(drain)
        .with_graceful_shutdown(async { _ = told.await });
    (stop, tokio::spawn(serve.into_future()))
}

#[test]
fn a_server_that_stops_does_what_waits_and_stops_its_actors() {
    run(async {
        let at_the_end = Arc::new(AtomicU64::new(0));
        let actor = {
            let at_the_end = Arc::clone(&at_the_end);
            oserver::supervise(move || Stops {
                at_the_end: Arc::clone(&at_the_end),
                ..Stops::default()
            })
        };
        let (stop, server) = stopped(PATIENCE).await;
        assert_eq!(actor.work().await, Ok(()));
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let actor = actor.clone();
                tokio::spawn(async move { actor.work().await })
            })
            .collect();
        // All are in the mailbox when the first of them is done.
        let begin = Instant::now();
        while !calls.iter().any(tokio::task::JoinHandle::is_finished) {
            assert!(begin.elapsed() < PATIENCE);
            tokio::task::yield_now().await;
        }
        stop.send(()).expect("it serves");
        server.await.expect("no panic").expect("a good end");
        assert_eq!(at_the_end.load(Ordering::SeqCst), 21);
        for call in calls {
            assert_eq!(call.await.expect("no panic"), Ok(()));
        }
        assert_eq!(actor.work().await, Err(CallError::Stopped));
    });
}

#[test]
fn an_actor_that_hangs_is_not_waited_for_longer_than_the_drain() {
    run(async {
        let counter = counter();
        let (stop, server) = stopped(Duration::from_millis(300)).await;
        let hung = {
            let counter = counter.clone();
            tokio::spawn(async move { counter.hang(Arc::default()).await })
        };
        // Until it does hang.
        let begin = Instant::now();
        while tokio::time::timeout(Duration::from_millis(50), counter.add()).await.is_ok() {
            assert!(begin.elapsed() < PATIENCE);
        }
        stop.send(()).expect("it serves");
        let error = server.await.expect("no panic").expect_err("it was cut off");
        assert_eq!(error.kind(), oserver::ServeErrorKind::ActorsCutOff(1), "{error}");
        hung.abort();
    });
}

#[test]
fn a_snapshot_is_read_while_its_actor_hangs() {
    run(async {
        let (publisher, snapshot) = oserver::snapshot(0_u64);
        let actor = oserver::supervise(move || Published(publisher.clone()));
        assert_eq!(actor.publish(7).await, Ok(()));
        let blocked = {
            let actor = actor.clone();
            tokio::spawn(async move { actor.publish_and_block(8).await })
        };
        eventually("it publishes", || *snapshot.load() == 8).await;
        assert!(!blocked.is_finished());
        blocked.abort();
    });
}

struct Published(oserver::Publisher<u64>);

#[oserver::actor]
impl Published {
    pub fn publish(&mut self, value: u64) {
        self.0.publish(value);
    }

    pub fn publish_and_block(&mut self, value: u64) {
        self.0.publish(value);
        loop {
            std::thread::park();
        }
    }
}

struct EndsBadly;

#[oserver::actor(stop = close)]
impl EndsBadly {
    pub fn ask(&mut self) -> u32 {
        1
    }

    fn close(&mut self) {
        panic!("not even its end goes well");
    }
}

#[test]
fn an_actor_whose_end_panics_is_not_begun_anew() {
    run(async {
        let starts = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&starts);
        let handle = oserver::supervise(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            EndsBadly
        });
        assert_eq!(handle.ask().await.expect("an answer"), 1);
        drop(handle);
        // Its factory goes with it.
        eventually("it has ended", || Arc::strong_count(&starts) == 1).await;
        assert_eq!(starts.load(Ordering::Relaxed), 1);
    });
}

/// Blocks until the one after it is at work.
struct ComesBack {
    begun: Arc<AtomicU64>,
    dropped: Arc<AtomicUsize>,
    _dropped: Dropped,
}

#[oserver::actor]
impl ComesBack {
    pub fn block_and_panic(&mut self) {
        while self.begun.load(Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it comes back");
    }

    pub async fn work(&mut self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        while self.dropped.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // What follows from the other's end.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn an_incarnation_that_returns_during_shutdown_does_not_end_its_successor() {
    const LIMIT: Duration = Duration::from_secs(2);
    run(async {
        let (begun, dropped) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
        let actor = Supervisor::new().timeout(LIMIT).supervise(move || ComesBack {
            begun: Arc::clone(&begun),
            dropped: Arc::clone(&dropped),
            _dropped: Dropped(Arc::clone(&dropped)),
        });
        let (stop, server) = stopped(PATIENCE).await;
        let (blocked, worked) = tokio::join!(actor.block_and_panic(), async {
            // So that its time is not over with that of the one before it.
            tokio::time::sleep(LIMIT / 2).await;
            // A call is in the mailbox after its first poll.
            let (worked, ()) = tokio::join!(biased; actor.work(), async {
                stop.send(()).expect("it serves");
            });
            worked
        });
        assert!(matches!(blocked, Err(CallError::Restarted | CallError::Expired)), "{blocked:?}");
        assert_eq!(worked, Ok(()));
        server.await.expect("no panic").expect("a good end");
    });
}
