//! A service whose handlers hang in many ways, for the tests of this package. The comment `// hangs: NAME` marks the line
//! that a record of the route `/NAME` has to name.

use std::future::{Future, pending};
use std::io::{Read, Write};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use oserver::extract::{FromRequestParts, State};
use oserver::routing::get;
use oserver::{HandlerState, Router, Supervisor};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::StreamExt;

const FOREVER: Duration = Duration::from_secs(100_000);
/// The time that a handler may take.
const LIMIT: Duration = Duration::from_millis(800);

#[derive(Clone, HandlerState)]
struct App {
    slow: SlowHandle,
    /// Its commands may take for ever, so that whoever calls it is the one who is late.
    patient: SlowHandle,
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let listener = oserver::bind(&address).await?;
    let admin = oserver::Admin::bind("127.0.0.1:0")?;
    let places = format!(
        "listening on http://{}\nadmin on http://{}",
        listener.local_addr()?,
        admin.local_addr()?
    );
    let app = App {
        slow: Supervisor::new().timeout(LIMIT / 2).supervise(|| Slow),
        patient: Supervisor::new().timeout(FOREVER).supervise(|| Slow),
    };
    let server =
        oserver::serve(listener, routes(app)).timeout(LIMIT).admin(admin).on_fault(|fault| {
            // On stderr as a line of its own: the test reads what a callback was given.
            let stack = fault.stack.as_deref().unwrap_or_default();
            let seen = serde_json::json!({
                "seen_by_on_fault": fault.kind.as_str(),
                "request_id": fault.request_id.as_str(),
                "location": fault.location,
                "stack": stack,
            });
            tracing::info!(target: "seen", "{seen}");
        });
    say(&places);
    Ok(server.await?)
}

/// Both lines at once: whoever started it may go after the first.
fn say(places: &str) {
    _ = std::io::stdout().write_all(format!("{places}\n").as_bytes());
}

fn routes(app: App) -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/warm-up", get(sleep_first))
        .route("/sleep", get(sleep))
        .route("/oneshot", get(wait_for_oneshot))
        .route("/mpsc", get(wait_for_mpsc))
        .route("/mutex", get(wait_for_mutex))
        .route("/join", get(join))
        .route("/select", get(select))
        .route("/nested", get(nested))
        .route("/boxed", get(boxed))
        .route("/stream", get(stream))
        .route("/actor", get(call_actor))
        .route("/pending", get(wait_for_nothing))
        .route("/extractor", get(with_extractor))
        .route("/finishes-late", get(finish_when_looked_at))
        .route("/panics-late", get(panic_when_looked_at))
        .route("/actor-overruns", get(overrun_actor))
        .route("/actor-blocks", get(block_actor))
        .route("/thread-sleep", get(block_in_sleep))
        .route("/std-mutex", get(block_in_mutex))
        .route("/condvar", get(block_in_condvar))
        .route("/read", get(block_in_read))
        .route("/block-on", get(block_in_block_on))
        .route("/busy", get(compute))
        .route("/recv", get(block_in_recv))
        .route("/c-call", get(block_in_c))
        .with_state(app)
}

#[oserver::handler]
async fn ok() -> &'static str {
    "ok"
}

/// For the first stack of the process, before which symbols are read.
#[oserver::handler(timeout = "3s")]
async fn sleep_first() {
    tokio::time::sleep(FOREVER).await;
}

#[oserver::handler]
async fn sleep() {
    tokio::time::sleep(FOREVER).await; // hangs: sleep
}

#[oserver::handler]
async fn wait_for_oneshot() {
    let (_sender, receiver) = oneshot::channel::<()>();
    _ = receiver.await; // hangs: oneshot
}

#[oserver::handler]
async fn wait_for_mpsc() {
    let (_sender, mut receiver) = mpsc::channel::<()>(1);
    _ = receiver.recv().await; // hangs: mpsc
}

#[oserver::handler]
async fn wait_for_mutex() {
    let lock = tokio::sync::Mutex::new(());
    let _held = lock.lock().await;
    let _never = lock.lock().await; // hangs: mutex
}

#[oserver::handler]
async fn join() {
    let one = async {
        tokio::time::sleep(FOREVER).await; // hangs: join
    };
    let two = async {
        let (_sender, receiver) = oneshot::channel::<()>();
        _ = receiver.await; // hangs: join
    };
    tokio::join!(one, two); // hangs: join
}

#[oserver::handler]
async fn select() {
    let (_sender, receiver) = oneshot::channel::<()>();
    // hangs in the next line: select
    tokio::select! {
        _ = receiver => {}
        () = tokio::time::sleep(FOREVER) => {}
    }
}

#[oserver::handler]
async fn nested() {
    first().await; // hangs: nested
}

async fn first() {
    second().await; // hangs: nested
}

async fn second() {
    third().await; // hangs: nested
}

async fn third() {
    tokio::time::sleep(FOREVER).await; // hangs: nested
}

#[oserver::handler]
async fn boxed() {
    let inside: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async {
        let (_sender, receiver) = oneshot::channel::<()>();
        _ = receiver.await; // hangs: boxed
    });
    inside.await; // hangs: boxed
}

#[oserver::handler]
async fn stream() {
    let mut ticks = Box::pin(tokio_stream::iter([1]).throttle(FOREVER));
    _ = ticks.next().await;
    _ = ticks.next().await; // hangs: stream
}

#[oserver::handler]
async fn call_actor(State(app): State<App>) -> oserver::Result<()> {
    app.patient.wait().await?; // hangs: actor
    Ok(())
}

#[oserver::handler]
async fn wait_for_nothing() {
    pending::<()>().await;
}

/// Takes as long as it likes.
#[derive(HandlerState)]
struct Slowly;

impl<S: Sync> FromRequestParts<S> for Slowly {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        _: &mut oserver::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        tokio::time::sleep(FOREVER).await; // hangs: extractor
        Ok(Self)
    }
}

#[oserver::handler]
async fn with_extractor(_slowly: Slowly) {}

/// Pending until its deadline and in the first poll after it. The second is the one that looks where it is.
async fn polled_again() {
    let begin = std::time::Instant::now();
    let mut polls_when_late = 0;
    std::future::poll_fn(|_| {
        polls_when_late += u32::from(begin.elapsed() >= LIMIT);
        if polls_when_late < 2 { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
}

#[oserver::handler]
async fn finish_when_looked_at() -> &'static str {
    polled_again().await;
    "late"
}

#[oserver::handler]
async fn panic_when_looked_at() -> &'static str {
    polled_again().await;
    panic!("looked at")
}

/// An actor that does not get done.
struct Slow;

#[oserver::actor]
impl Slow {
    /// Awaits for ever.
    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(FOREVER).await; // hangs: actor-overruns
    }

    /// Holds its thread.
    pub(crate) async fn block(&mut self) {
        std::thread::sleep(FOREVER); // hangs: actor-blocks
    }
}

#[oserver::handler]
async fn overrun_actor(State(app): State<App>) -> oserver::Result<()> {
    Ok(app.slow.wait().await?)
}

#[oserver::handler]
async fn block_actor(State(app): State<App>) -> oserver::Result<()> {
    Ok(app.slow.block().await?)
}

#[oserver::handler]
async fn block_in_sleep() {
    std::thread::sleep(FOREVER); // hangs: thread-sleep
}

#[oserver::handler]
async fn block_in_mutex() {
    let lock = Arc::new(Mutex::new(()));
    let other = Arc::clone(&lock);
    let (sender, held) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let _held = other.lock();
        _ = sender.send(());
        std::thread::sleep(FOREVER);
    });
    _ = held.recv();
    drop(lock.lock()); // hangs: std-mutex
}

#[oserver::handler]
async fn block_in_condvar() {
    let (lock, condition) = (Mutex::new(()), Condvar::new());
    let held = lock.lock().expect("nobody else has it");
    drop(condition.wait_while(held, |()| true)); // hangs: condvar
}

#[oserver::handler]
async fn block_in_read() {
    let (mut reader, _writer) = std::io::pipe().expect("a pipe");
    _ = reader.read(&mut [0]); // hangs: read
}

#[oserver::handler]
async fn block_in_block_on() {
    tokio::task::block_in_place(|| {
        let (_sender, receiver) = oneshot::channel::<()>();
        _ = tokio::runtime::Handle::current().block_on(receiver); // hangs: block-on
    });
}

#[oserver::handler]
async fn compute() {
    let mut number = 1_u64;
    // hangs in the next line: busy
    while number != 0 {
        number = std::hint::black_box(number.wrapping_mul(31) | 1); // hangs: busy
    }
}

#[oserver::handler]
async fn block_in_recv() {
    let (_sender, receiver) = std::sync::mpsc::channel::<()>();
    _ = receiver.recv(); // hangs: recv
}

/// SQLite waits inside of its own code for a lock that another connection holds.
#[oserver::handler]
async fn block_in_c() -> oserver::Result<()> {
    let file = std::env::temp_dir().join(format!("oserver-hanging-{}.db", std::process::id()));
    let holder = rusqlite::Connection::open(&file)?;
    holder.execute_batch("BEGIN EXCLUSIVE")?;
    let waiter = rusqlite::Connection::open(&file)?;
    std::fs::remove_file(&file)?;
    waiter.busy_timeout(Duration::from_secs(100_000))?;
    waiter.execute_batch("BEGIN EXCLUSIVE")?; // hangs: c-call
    Ok(())
}
