//! Every fault that the guard is there for, one a route.
//!
//! ```text
//! cargo run --release --example faults -- ADDRESS [--timeout 1s] [--admin ADDRESS] [--max-blocked N] [--patience 30s]
//! ```
//!
//! `ADDRESS` is what `oserver::bind` takes. Handlers and the counter's actor have a deadline of 1 s
//! unless `--timeout` says otherwise, and 256 threads may be blocked unless `--max-blocked` does.
//! `--patience` is how long clients may take for each thing they do. Records go to stderr as JSON lines. Besides the faults there are `/log/{lines}`, which logs so many lines, and
//! `/wedge-workers`, which blocks every worker by tasks that nobody guards.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command says what it does")]

mod common;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use oserver::extract::{FromRequestParts, Path, State};
use oserver::response::Json;
use oserver::response::sse::{Event, Sse};
use oserver::routing::{get, post};
use oserver::{Request, Router, Supervisor};
use tokio_stream::{Stream, StreamExt};

const USAGE: &str =
    "usage: faults ADDRESS [--timeout 1s] [--admin ADDRESS] [--max-blocked N] [--patience 30s]";

#[oserver::main]
async fn main() -> ExitCode {
    common::run_with(Options::parse(std::env::args().skip(1)), USAGE, run).await
}

async fn run(options: Options) -> oserver::Result<()> {
    let listener = oserver::bind(&options.address).await?;
    let mut places = match listener.local_addr() {
        Ok(address) => format!("listening on http://{address}"),
        // A Unix socket.
        Err(_) => format!("listening on {}", options.address),
    };
    let counter = Supervisor::new().timeout(options.timeout).supervise(Counter::default);
    let mut server = oserver::serve(listener, routes(counter))
        .timeout(options.timeout)
        .max_blocked_threads(options.max_blocked_threads);
    if let Some(patience) = options.patience {
        server = server
            .first_byte_timeout(patience)
            .header_read_timeout(patience)
            .keep_alive_timeout(patience)
            .body_timeout(patience)
            .write_timeout(patience);
    }
    if let Some(address) = options.admin {
        let admin = oserver::Admin::bind(address)?;
        places += &format!("\nadmin on http://{}", admin.local_addr()?);
        server = server.admin(admin);
    }
    // In one go: who started this may read no more than the first line.
    std::io::stdout().write_all(format!("{places}\n").as_bytes())?;
    server.await?;
    Ok(())
}

fn routes(counter: CounterHandle) -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/echo/{n}", get(echo))
        .route("/json", post(json))
        .route("/upload", post(upload))
        .route("/panic", get(panic))
        .route("/panic-payload", get(panic_payload))
        .route("/panic-body", get(panic_body))
        .route(
            "/middleware-panic",
            get(ok).layer(tower::util::MapRequestLayer::new(panic_in_middleware)),
        )
        .route("/extractor-block", get(extractor_block))
        .route("/await", get(await_for_ever))
        .route("/block", get(block))
        .route("/block/{ms}", get(block_for))
        .route("/read-then-block", post(read_then_block))
        .route("/drop-then-block", post(drop_then_block))
        .route("/spin", get(spin))
        .route("/spin/{ms}", get(spin_for))
        .route("/block-body", get(block_body))
        .route("/spin-body", get(spin_body))
        .route("/wedge-workers", get(wedge_workers))
        .route("/log/{lines}", get(log))
        .route("/events", get(events))
        .route("/sync", get(sync))
        .route("/count", get(count))
        .route("/poison", get(poison))
        .route("/wedge", get(wedge))
        .route("/count-then-block", get(count_then_block))
        .with_state(counter)
}

// Handlers that work.

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn echo(Path(n): Path<usize>) -> Vec<u8> {
    vec![b'x'; n]
}

#[oserver::handler]
async fn json(Json(value): Json<serde_json::Value>) -> Json<serde_json::Value> {
    Json(value)
}

#[oserver::handler]
async fn upload(body: Bytes) -> String {
    tracing::debug!(bytes = body.len(), "read");
    body.len().to_string()
}

#[oserver::handler]
async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let every_second = tokio_stream::iter(1_u64..).throttle(Duration::from_secs(1));
    Sse::new(every_second.map(|number| Ok(Event::default().data(number.to_string()))))
}

#[oserver::handler]
fn sync() -> &'static str {
    std::thread::sleep(Duration::from_millis(50));
    "done"
}

// Handlers that panic.

#[oserver::handler]
async fn panic() -> &'static str {
    panic!("the handler panicked, as it was asked to")
}

/// Dropped, it panics once more.
struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("what the panic carried panicked in its drop");
    }
}

#[oserver::handler]
async fn panic_payload() -> &'static str {
    std::panic::panic_any(PanicsOnDrop)
}

#[oserver::handler]
async fn panic_body() -> Body {
    second_frame(|| panic!("the second frame of the body panicked"))
}

fn panic_in_middleware(_: Request) -> Request {
    panic!("a layer in front of the handler panicked")
}

// Handlers that do not answer.

#[oserver::handler]
async fn await_for_ever() -> &'static str {
    std::future::pending().await
}

#[oserver::handler]
async fn block() -> &'static str {
    block_thread()
}

#[oserver::handler]
async fn block_for(Path(ms): Path<u64>) -> &'static str {
    std::thread::sleep(Duration::from_millis(ms));
    "unblocked"
}

#[oserver::handler]
async fn read_then_block(body: Body) -> oserver::Result<&'static str> {
    body.collect().await?;
    block_thread()
}

#[oserver::handler]
async fn drop_then_block(body: Body) -> &'static str {
    drop(body);
    block_thread()
}

#[oserver::handler]
async fn spin() -> &'static str {
    burn(None);
    "never"
}

#[oserver::handler]
async fn spin_for(Path(ms): Path<u64>) -> &'static str {
    burn(Some(Duration::from_millis(ms)));
    "done"
}

#[oserver::handler]
async fn block_body() -> Body {
    second_frame(block_thread)
}

#[oserver::handler]
async fn spin_body() -> Body {
    second_frame(|| burn(None))
}

/// An extractor that blocks its thread.
#[derive(oserver::HandlerState)]
struct Blocks;

impl<S: Sync> FromRequestParts<S> for Blocks {
    type Rejection = Infallible;

    async fn from_request_parts(
        _: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Infallible> {
        block_thread()
    }
}

#[oserver::handler]
async fn extractor_block(_: Blocks) -> &'static str {
    "never"
}

fn block_thread<T>() -> T {
    loop {
        std::thread::park();
    }
}

fn burn(limit: Option<Duration>) {
    let begin = Instant::now();
    while limit.is_none_or(|limit| begin.elapsed() < limit) {
        std::hint::spin_loop();
    }
}

/// A body whose second frame is a fault.
fn second_frame(fault: impl Fn() + Send + 'static) -> Body {
    Body::from_stream(tokio_stream::iter([1, 2]).map(move |frame| {
        if frame == 2 {
            fault();
        }
        Ok::<_, Infallible>(Bytes::from_static(b"the first frame\n"))
    }))
}

/// So many lines of the handler's own.
#[oserver::handler(fields(asked = lines))]
async fn log(Path(lines): Path<u32>) -> &'static str {
    for line in 0..lines {
        tracing::info!(line, cookie = "a secret", "a line of the handler's own");
    }
    "logged"
}

/// Spawns tasks that nobody guards: as many as it takes to block every worker.
#[oserver::handler]
async fn wedge_workers() -> &'static str {
    // One can wait behind each that blocks, where nobody takes it.
    for _ in 0..4 * tokio::runtime::Handle::current().metrics().num_workers() {
        tokio::spawn(async { block_thread::<()>() });
    }
    "wedged"
}

// State that one task owns.

/// Counts; what it is half-way through when it panics is lost with it.
#[derive(Default)]
struct Counter {
    number: u64,
}

#[oserver::actor]
impl Counter {
    /// One more.
    pub(crate) fn add(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Panics in the middle of a change.
    pub(crate) fn poison(&mut self) {
        self.number += 1_000_000;
        panic!("the actor panicked, as it was asked to");
    }

    /// Blocks for ever.
    pub(crate) fn wedge(&mut self) {
        block_thread()
    }
}

#[oserver::handler]
async fn count(State(counter): State<CounterHandle>) -> oserver::Result<String> {
    Ok(counter.add().await?.to_string())
}

#[oserver::handler]
async fn poison(State(counter): State<CounterHandle>) -> oserver::Result<&'static str> {
    counter.poison().await?;
    Ok("never")
}

#[oserver::handler]
async fn wedge(State(counter): State<CounterHandle>) -> oserver::Result<&'static str> {
    counter.wedge().await?;
    Ok("never")
}

#[oserver::handler]
async fn count_then_block(State(counter): State<CounterHandle>) -> &'static str {
    let mut call = pin!(counter.add());
    poll_fn(|context| {
        // Sent with the first poll.
        _ = call.as_mut().poll(context);
        block_thread()
    })
    .await
}

/// The options of the command line.
struct Options {
    address: String,
    timeout: Duration,
    max_blocked_threads: usize,
    patience: Option<Duration>,
    admin: Option<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut address = None;
        let mut timeout = Duration::from_secs(1);
        let mut max_blocked_threads = 256;
        let mut patience = None;
        let mut admin = None;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match &*argument {
                "--timeout" => timeout = duration(&value()?)?,
                "--patience" => patience = Some(duration(&value()?)?),
                "--max-blocked" => {
                    let text = value()?;
                    max_blocked_threads = text.parse().map_err(|_| {
                        format!("`{text}` is no number of threads: write for example 256")
                    })?;
                }
                "--admin" => admin = Some(value()?),
                other if other.starts_with("--") => {
                    return Err(format!("there is no option {other}"));
                }
                _ => address = Some(argument),
            }
        }
        Ok(Self {
            address: address.ok_or("ADDRESS is missing, for example 127.0.0.1:8080")?,
            timeout,
            max_blocked_threads,
            patience,
            admin,
        })
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration: write for example 1s or 250ms");
    let (number, unit) = text.split_at(text.find(char::is_alphabetic).ok_or_else(wrong)?);
    let number = number.parse().map_err(|_| wrong())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        _ => Err(wrong()),
    }
}
