//! A service whose handlers take what they share with others and never give it back.
//!
//! ```text
//! attacked ADDRESS [--admin ADDRESS] [--error] [--stuck]
//! ```
//!
//! Handlers have a deadline of 1 s. With `--error`, `main` ends in an error of its own; with `--stuck` it
//! never ends.

#![allow(clippy::print_stdout, reason = "a command says what it does")]
#![allow(unreachable_pub, reason = "public methods are the commands of an actor")]

use std::convert::Infallible;
use std::io::Write;
use std::thread::park;
use std::time::Duration;

use oserver::body::Body;
use oserver::extract::ws::{Message, WebSocketUpgrade};
use oserver::extract::{Path, State};
use oserver::routing::get;
use oserver::{HandlerState, Router, Supervisor};
use tokio_stream::StreamExt;

const DEADLINE: Duration = Duration::from_secs(1);

fn block<T>() -> T {
    loop {
        park();
    }
}

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn panic() -> &'static str {
    panic!("the handler panicked, as it was asked to")
}

#[oserver::handler]
async fn hold_stderr() -> &'static str {
    let _lock = std::io::stderr().lock();
    block()
}

#[oserver::handler]
async fn hold_stdout() -> &'static str {
    let _lock = std::io::stdout().lock();
    block()
}

#[oserver::handler]
async fn detached_panic() -> &'static str {
    tokio::spawn(async { panic!("a task that nobody guards") });
    "spawned"
}

#[oserver::handler]
async fn thread_panic() -> &'static str {
    let thread = std::thread::Builder::new().name("mine".into());
    let panics = thread.spawn(|| panic!("a thread that nobody guards"));
    _ = panics.expect("a thread").join();
    "joined"
}

#[oserver::handler]
async fn fill_pool() -> &'static str {
    _ = tokio::task::spawn_blocking(block::<()>).await;
    "never"
}

/// Fills the pool for so many milliseconds.
#[oserver::handler]
async fn pool_for(Path(milliseconds): Path<u64>) -> &'static str {
    for _ in 0..600 {
        tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(milliseconds));
        });
    }
    "filled"
}

#[oserver::handler]
async fn read_file() -> oserver::Result<String> {
    Ok(tokio::fs::read("/proc/self/status").await?.len().to_string())
}

#[oserver::handler]
fn sync() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

#[oserver::handler]
fn sync_sleep() -> &'static str {
    std::thread::sleep(Duration::from_millis(500));
    "slept"
}

#[oserver::handler]
fn sync_block() -> &'static str {
    block()
}

#[oserver::handler]
fn sync_panic() -> &'static str {
    panic!("the function panicked, as it was asked to")
}

/// Answers each message, and has never heard of a server that stops.
#[oserver::handler]
async fn socket(upgrade: WebSocketUpgrade) -> oserver::response::Response {
    upgrade.on_upgrade(async |mut socket| {
        while let Some(Ok(message)) = socket.recv().await {
            _ = socket.send(message).await;
        }
    })
}

/// Sends a last message and a close frame when the server stops.
#[oserver::handler]
async fn polite_socket(
    upgrade: WebSocketUpgrade,
    shutdown: oserver::Shutdown,
) -> oserver::response::Response {
    upgrade.on_upgrade(async |mut socket| {
        shutdown.await;
        // Longer than what reads of a handler that did not ask may take.
        tokio::time::sleep(Duration::from_secs(2)).await;
        _ = socket.send(Message::Text("good-bye".into())).await;
        _ = socket.send(Message::Close(None)).await;
    })
}

/// A stream that ends with the server.
#[oserver::handler]
async fn polite_stream() -> Body {
    let shutdown = oserver::shutdown();
    let (sender, lines) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        _ = sender.send("begin\n").await;
        shutdown.await;
        _ = sender.send("end\n").await;
    });
    let lines = tokio_stream::wrappers::ReceiverStream::new(lines);
    Body::from_stream(lines.map(Ok::<_, Infallible>))
}

#[oserver::handler]
async fn big() -> Vec<u8> {
    vec![b'x'; 32 << 20]
}

/// An actor whose state blocks when it is dropped.
struct Sticky;

impl Drop for Sticky {
    fn drop(&mut self) {
        block()
    }
}

#[oserver::actor]
impl Sticky {
    pub fn get(&mut self) -> u32 {
        7
    }

    pub fn panic(&mut self) -> u32 {
        panic!("the actor panicked, as it was asked to")
    }
}

struct Panicking;

#[oserver::actor]
impl Panicking {
    pub fn panic(&mut self) -> u32 {
        panic!("the actor panicked, as it was asked to")
    }
}

#[derive(Clone, HandlerState)]
struct Actors {
    sticky: StickyHandle,
    panicking: PanickingHandle,
}

#[oserver::handler]
async fn sticky(State(actors): State<Actors>) -> oserver::Result<String> {
    Ok(actors.sticky.get().await?.to_string())
}

#[oserver::handler]
async fn sticky_panic(State(actors): State<Actors>) -> oserver::Result<String> {
    Ok(actors.sticky.panic().await?.to_string())
}

#[oserver::handler]
async fn panicking_actor(State(actors): State<Actors>) -> oserver::Result<String> {
    Ok(actors.panicking.panic().await?.to_string())
}

/// Calls whose callers are no requests, and wait for as long as they may.
#[oserver::handler]
async fn panicking_actor_in_tasks(State(actors): State<Actors>) -> &'static str {
    for _ in 0..500 {
        let panicking = actors.panicking.clone();
        tokio::spawn(async move { panicking.panic().await });
    }
    "sent"
}

/// Blocks every worker by tasks that nobody guards.
#[oserver::handler]
async fn wedge_workers() -> &'static str {
    for _ in 0..64 {
        tokio::spawn(async { block::<()>() });
    }
    "spawned"
}

fn routes(actors: Actors) -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/panic", get(panic))
        .route("/hold-stderr", get(hold_stderr))
        .route("/hold-stdout", get(hold_stdout))
        .route("/detached-panic", get(detached_panic))
        .route("/thread-panic", get(thread_panic))
        .route("/fill-pool", get(fill_pool))
        .route("/pool-for/{milliseconds}", get(pool_for))
        .route("/read-file", get(read_file))
        .route("/sync", get(sync))
        .route("/sync-sleep", get(sync_sleep))
        .route("/sync-block", get(sync_block))
        .route("/sync-panic", get(sync_panic))
        .route("/socket", get(socket))
        .route("/polite-socket", get(polite_socket))
        .route("/polite-stream", get(polite_stream))
        .route("/big", get(big))
        .route("/sticky", get(sticky))
        .route("/sticky-panic", get(sticky_panic))
        .route("/panicking-actor", get(panicking_actor))
        .route("/panicking-actor-in-tasks", get(panicking_actor_in_tasks))
        .route("/wedge-workers", get(wedge_workers))
        .with_state(actors)
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let (mut ends_in_error, mut is_stuck) = (false, false);
    let mut admin = None;
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("usage: attacked ADDRESS [OPTIONS]")?;
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--admin" => admin = arguments.next(),
            "--error" => ends_in_error = true,
            "--stuck" => is_stuck = true,
            other => return Err(format!("what is `{other}`?").into()),
        }
    }
    let listener = oserver::bind(&address).await?;
    let mut places = format!("listening on http://{}", listener.local_addr()?);
    // So that a drop is given up after the request was answered.
    let sticky = Supervisor::new().timeout(2 * DEADLINE);
    let actors =
        Actors { sticky: sticky.supervise(|| Sticky), panicking: oserver::supervise(|| Panicking) };
    let mut serve = oserver::serve(listener, routes(actors)).timeout(DEADLINE);
    if let Some(address) = admin {
        let admin = oserver::Admin::bind(address)?;
        places += &format!("\nadmin on http://{}", admin.local_addr()?);
        serve = serve.admin(admin);
    }
    std::io::stdout().write_all(format!("{places}\n").as_bytes())?;
    if is_stuck {
        // An actor whose drop blocks has not ended by then, which is not the subject here.
        drop(serve.shutdown_timeout(Duration::from_secs(1)).await);
        block::<()>();
    } else {
        serve.await?;
    }
    if ends_in_error { Err("the end of main is an error".into()) } else { Ok(()) }
}
