//! An actor that panics, hangs or blocks is replaced: its callers are told, and nobody else
//! notices.

#![allow(clippy::print_stdout, reason = "what was measured is said")]
#![allow(unreachable_pub, reason = "commands are public methods")]

mod common;

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use common::cases::{self, with_growing_timeout};
use common::faults::Faults;
use common::load::Load;
use common::{BUSY, Client, PATIENCE, TestServer, eventually, run, run_for};
use oserver::{CallError, Supervisor};

/// The condition that a command waits for.
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

/// Waits until a command has begun that hangs or blocks. One that has expired before is never begun.
async fn has_begun(begun: &AtomicBool, limit: Duration) -> Result<(), TooLate> {
    let called = Instant::now();
    while !begun.load(Ordering::SeqCst) {
        if called.elapsed() > 2 * limit {
            return Err(TooLate);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// A call that is queued while a command is stuck that may take so long. Outside of a handler a call may wait as long
/// as a command may take, so one that comes right after the command would expire while the actor restarts.
async fn add_later(counter: &CounterHandle, limit: Duration) -> Result<u64, CallError> {
    tokio::time::sleep(limit / 2).await;
    counter.add().await
}

/// A busy machine did not get to a call, or to a command, in its time.
#[derive(Debug)]
struct TooLate;

impl From<CallError> for TooLate {
    fn from(error: CallError) -> Self {
        assert_eq!(error, CallError::Expired);
        Self
    }
}

/// Plays a scenario with actors whose commands may take 200 ms. If a call expires that should not, plays it again with
/// a longer limit.
///
/// A call that waits behind a fault waits until the limit, however long that is, and the scenario fails at every
/// length. A call that waits for the CPU of a busy machine does not wait longer for a longer limit.
async fn with_growing_limit(scenario: impl AsyncFn(Duration) -> Result<(), TooLate>) {
    for limit in [200, 1000, 5000].map(Duration::from_millis) {
        match scenario(limit).await {
            Ok(()) => return,
            Err(TooLate) => println!("a call was late at a limit of {limit:?}"),
        }
    }
    panic!("whatever the limit is, some call waits for it that should not");
}

/// Has a call in the mailbox, where its first poll puts it.
async fn queued<F>(call: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut call = Box::pin(call);
    let first = std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
    tokio::spawn(async move {
        match first {
            Poll::Ready(answer) => answer,
            Poll::Pending => call.await,
        }
    })
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

fn impatient(limit: Duration) -> CounterHandle {
    Supervisor::new().timeout(limit).supervise(Counter::default)
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
    run(with_growing_limit(async |limit| {
        let counter = impatient(limit);
        assert_eq!(counter.add().await?, 1);
        let begun = Arc::new(AtomicBool::new(false));
        let (hung, after) = tokio::join!(counter.hang(Arc::clone(&begun)), async {
            has_begun(&begun, limit).await?;
            Ok::<_, TooLate>(add_later(&counter, limit).await?)
        });
        assert!(matches!(hung, Err(CallError::Restarted | CallError::Expired)), "{hung:?}");
        assert_eq!(after?, 1);
        Ok(())
    }));
}

#[test]
fn a_command_that_blocks_its_thread_is_given_up() {
    run(with_growing_limit(async |limit| {
        let counter = impatient(limit);
        assert_eq!(counter.add().await?, 1);
        let begun = Arc::new(AtomicBool::new(false));
        let (blocked, after) = tokio::join!(counter.block(Arc::clone(&begun)), async {
            has_begun(&begun, limit).await?;
            Ok::<_, TooLate>(add_later(&counter, limit).await?)
        });
        assert!(matches!(blocked, Err(CallError::Restarted | CallError::Expired)), "{blocked:?}");
        assert_eq!(after?, 1);
        for number in 2..100 {
            assert_eq!(counter.add().await?, number);
        }
        Ok(())
    }));
}

#[test]
fn a_thread_that_comes_back_does_no_more_for_the_actor() {
    run(with_growing_limit(async |limit| {
        let counter = impatient(limit);
        assert_eq!(counter.add().await?, 1);
        let gate = Arc::new(Gate::default());
        let (late, after) = tokio::join!(counter.block_until(Arc::clone(&gate)), async {
            has_begun(&gate.begun, limit).await?;
            Ok::<_, TooLate>(add_later(&counter, limit).await?)
        });
        gate.open.store(true, Ordering::SeqCst);
        assert!(matches!(late, Err(CallError::Restarted | CallError::Expired)), "{late:?}");
        assert_eq!(after?, 1, "of the fresh actor");
        set("the thread comes back", &gate.passed).await;
        for number in 2..100 {
            assert_eq!(counter.add().await?, number);
        }
        Ok(())
    }));
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
    run(with_growing_limit(async |limit| {
        let starts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&starts);
        let counter = Supervisor::new().timeout(limit).supervise(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Counter::default()
        });
        assert_eq!(counter.add().await?, 1);
        // Each of the two is done in time, and both together are not.
        let long = limit * 5 / 6;
        let (_, _, expired) = tokio::join!(
            biased;
            counter.wait_for(long),
            counter.wait_for(long),
            counter.add(),
        );
        assert_eq!(expired, Err(CallError::Expired));
        eventually_idle(&counter).await;
        let after = counter.add().await?;
        if starts.load(Ordering::SeqCst) > 1 {
            // One of the two was not done in time.
            return Err(TooLate);
        }
        assert_eq!(after, 2, "the expired one was not run");
        Ok(())
    }));
}

/// Few, so that the watchdog sleeps as long as it may, and at different times, so that none is told just
/// because another is.
#[test]
fn callers_outside_of_handlers_expire_in_time() {
    const LIMIT: Duration = Duration::from_secs(3);
    run_for(4 * PATIENCE, async {
        // Where a busy machine takes longer for a command than it may, nothing is measured.
        for _ in 0..3 {
            let callers: Vec<_> = (0..5)
                .map(|number| {
                    tokio::spawn(async move {
                        tokio::time::sleep(number * LIMIT / 6).await;
                        expires_late(LIMIT).await
                    })
                })
                .collect();
            let mut late = Vec::new();
            for caller in callers {
                late.extend(caller.await.expect("no panic"));
            }
            late.sort_unstable();
            println!("told {late:?} after a timer for the same time");
            if late.len() >= 3 {
                return assert!(late[late.len() / 2] < LIMIT / 6, "told {late:?} after a timer");
            }
        }
        panic!("no command of 9/10 of its limit is done in time");
    });
}

/// How much later than a timer for the same time a caller is told that its call has expired. `None` if the command
/// before it took too long.
async fn expires_late(limit: Duration) -> Option<Duration> {
    let counter = Supervisor::new().timeout(limit).supervise(Counter::default);
    assert_eq!(counter.add().await, Ok(1));
    // Each command has the whole limit; the caller of the second has had its own when that is at work.
    let begin = tokio::time::Instant::now();
    let (first, second, timer) = tokio::join!(
        biased;
        counter.wait_for(limit * 9 / 10),
        async { (counter.wait_for(limit * 9 / 10).await, begin.elapsed()) },
        async {
            tokio::time::sleep_until(begin + limit).await;
            begin.elapsed()
        },
    );
    first.ok()?;
    assert_eq!(second.0, Err(CallError::Expired));
    Some(second.1.saturating_sub(timer))
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
        let gate = Arc::new(Gate::default());
        let dropped = async {
            let added = tokio::time::timeout(Duration::from_millis(20), counter.add()).await;
            assert!(added.is_err(), "the actor is busy");
            gate.open.store(true, Ordering::SeqCst);
        };
        let (waited, ()) = tokio::join!(biased; counter.wait_until(Arc::clone(&gate)), dropped);
        assert_eq!(waited, Ok(()));
        assert_eq!(counter.get().await, Ok(0));
    });
}

/// A value that counts its drops.
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

/// Asks the `faults` example for its counter's next number.
async fn count(client: &mut Client) -> Result<u64, cases::TooLate> {
    let reply = client.get("/count").await;
    if reply.status == 504 {
        return Err(cases::TooLate);
    }
    assert_eq!(reply.status, 200);
    Ok(reply.text().parse().expect("a number"))
}

/// Checks the replies that clients of the `faults` example get from its counter.
async fn ask_everything(faults: &Faults) -> Result<(), cases::TooLate> {
    let count_once = async || count(&mut faults.connect().await).await;
    assert_eq!(count_once().await?, 1);
    assert_eq!(count_once().await?, 2);

    let poisoned = faults.get("/poison").await;
    if poisoned.status == 504 {
        return Err(cases::TooLate);
    }
    assert_eq!(poisoned.status, 503);
    assert_eq!(poisoned.header("content-type"), "application/problem+json");
    assert_eq!(poisoned.header("retry-after"), "1");
    assert_eq!(poisoned.json()["request_id"], poisoned.header("x-request-id"));
    let id = poisoned.header("x-request-id");
    eventually("the request's record", || faults.kinds(id) == ["error"]).await;
    eventually("the actor's record", || faults.recorded("actor-panic") == 1).await;
    assert_eq!(count_once().await?, 1, "a fresh one");
    // With what the first record opens.
    let before = faults.resources();

    let wedged = faults.get("/wedge").await.status.as_u16();
    assert!([503, 504].contains(&wedged), "{wedged}");
    // It waits in the mailbox until the actor is given up, if that is still to come.
    assert_eq!(count_once().await?, 1);
    eventually("it is recorded", || faults.recorded("actor-blocked") == 1).await;

    let blocks = async { faults.get("/count-then-block").await.status };
    let counts = async {
        let mut client = faults.connect().await;
        let begin = Instant::now();
        let mut last = 1;
        while begin.elapsed() < Duration::from_millis(500) {
            let number = count(&mut client).await?;
            assert!(number > last, "{number} after {last}");
            last = number;
        }
        Ok(())
    };
    let (blocked, counted) = tokio::join!(blocks, counts);
    counted?;
    assert_eq!(blocked, 504);
    count_once().await?;
    faults.settles(before, 2).await;
    Ok(())
}

#[test]
fn each_fault_of_an_actor_fails_only_its_own_call() {
    run_for(BUSY, async {
        // The first that blocks is the dangerous one; then its route is known.
        for _ in 0..5 {
            with_growing_timeout(async |faults, _| ask_everything(faults).await).await;
        }
    });
}

#[test]
fn each_fault_of_an_actor_fails_only_its_own_call_under_load() {
    let scenario = async |faults: &Faults, _| {
        let load = Load::start(faults.address, 8);
        eventually("the load begins", || load.served() > 100).await;
        ask_everything(faults).await?;
        load.stop_unless_late().await
    };
    run_for(BUSY, with_growing_timeout(scenario));
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
    run(with_growing_limit(async |limit| {
        let innocent = counter();
        let wedged: Vec<_> = (0..4)
            .map(|_| {
                let actor = impatient(limit);
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
            assert_eq!(after?, 1);
        }
        Ok(())
    }));
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
        let mut calls = Vec::new();
        for _ in 0..20 {
            let actor = actor.clone();
            calls.push(queued(async move { actor.work().await }).await);
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
        let begun = Arc::new(AtomicBool::new(false));
        let hung = {
            let (counter, begun) = (counter.clone(), Arc::clone(&begun));
            tokio::spawn(async move { counter.hang(begun).await })
        };
        set("it hangs", &begun).await;
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
        // The end of the other incarnation takes effect during this time.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn an_incarnation_that_returns_during_shutdown_does_not_end_its_successor() {
    run_for(3 * PATIENCE, async {
        // A call of a busy machine may expire while the actor restarts.
        for limit in [2, 8, 32].map(Duration::from_secs) {
            if returns_during_shutdown(limit).await.is_ok() {
                return;
            }
        }
        panic!("whatever the limit is, the call expires");
    });
}

async fn returns_during_shutdown(limit: Duration) -> Result<(), TooLate> {
    let (begun, dropped) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
    let goes_on = Arc::clone(&begun);
    let actor = Supervisor::new().timeout(limit).supervise(move || ComesBack {
        begun: Arc::clone(&begun),
        dropped: Arc::clone(&dropped),
        _dropped: Dropped(Arc::clone(&dropped)),
    });
    let (stop, server) = stopped(PATIENCE).await;
    let (blocked, worked) = tokio::join!(actor.block_and_panic(), async {
        // So that its time is not over with that of the one before it.
        tokio::time::sleep(limit / 2).await;
        // A call is in the mailbox after its first poll.
        let (worked, ()) = tokio::join!(biased; actor.work(), async {
            stop.send(()).expect("it serves");
        });
        // Where it has expired nobody else lets the other one go on.
        goes_on.fetch_add(1, Ordering::SeqCst);
        worked
    });
    assert!(matches!(blocked, Err(CallError::Restarted | CallError::Expired)), "{blocked:?}");
    worked?;
    server.await.expect("no panic").expect("a good end");
    Ok(())
}
