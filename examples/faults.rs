//! Every fault that the guard is there for, one a route.
//!
//! ```text
//! cargo run --release --example faults -- ADDRESS [--timeout 1s] [--max-blocked N]
//! ```
//!
//! `ADDRESS` is what `oserver::bind` takes. Handlers have a deadline of 1 s unless `--timeout` says
//! otherwise, and 256 threads may be blocked unless `--max-blocked` does. Records go to stderr as JSON
//! lines. Routes whose machinery does not exist yet answer 501.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command says what it does")]

use std::convert::Infallible;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use oserver::extract::{FromRequestParts, Path};
use oserver::response::sse::{Event, Sse};
use oserver::response::{IntoResponse, Json, Response};
use oserver::routing::{get, post};
use oserver::{Request, Router};
use tokio_stream::{Stream, StreamExt};

const USAGE: &str = "usage: faults ADDRESS [--timeout 1s] [--max-blocked N]";

#[oserver::main]
async fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> oserver::Result<()> {
    let listener = oserver::bind(&options.address).await?;
    match listener.local_addr() {
        Ok(address) => println!("listening on http://{address}"),
        // A Unix socket.
        Err(_) => println!("listening on {}", options.address),
    }
    oserver::serve(listener, routes())
        .timeout(options.timeout)
        .max_blocked(options.max_blocked)
        .await
}

fn routes() -> Router {
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
        .route("/events", get(events))
        .route("/sync", get(sync))
        .route("/count", get(no_owner_yet))
        .route("/poison", get(no_owner_yet))
        .route("/wedge", get(no_owner_yet))
        .route("/count-then-block", get(no_owner_yet))
}

// What works.

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

// What panics.

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

// What does not answer.

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

// What is not built yet.

#[oserver::handler]
async fn no_owner_yet() -> Response {
    (axum::http::StatusCode::NOT_IMPLEMENTED, "there are no state owners yet\n").into_response()
}

/// What the command line says.
struct Options {
    address: String,
    timeout: Duration,
    max_blocked: usize,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut address = None;
        let mut timeout = Duration::from_secs(1);
        let mut max_blocked = 256;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match &*argument {
                "--timeout" => timeout = duration(&value()?)?,
                "--max-blocked" => {
                    let text = value()?;
                    max_blocked = text.parse().map_err(|_| {
                        format!("`{text}` is no number of threads: write for example 256")
                    })?;
                }
                "--admin" => {
                    value()?;
                    eprintln!("{argument} has no effect yet");
                }
                other if other.starts_with("--") => {
                    return Err(format!("there is no option {other}"));
                }
                _ => address = Some(argument),
            }
        }
        Ok(Self {
            address: address.ok_or("ADDRESS is missing, for example 127.0.0.1:8080")?,
            timeout,
            max_blocked,
        })
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no duration: write for example 1s or 250ms");
    let (number, unit) = text.split_at(text.find(char::is_alphabetic).ok_or_else(wrong)?);
    let number = number.parse().map_err(|_| wrong())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        _ => Err(wrong()),
    }
}
