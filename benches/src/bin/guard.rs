//! What a call of an annotated handler costs that is ready at once, beside the same call without the guard:
//! `cargo run --release --bin guard`. No subscriber is installed.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use axum::response::{IntoResponse, Response};
use oserver::Router;
use oserver::routing::get;

const ROUNDS: usize = 101;
const CALLS: u32 = 20_000;
const LIMIT_NS: f64 = 150.0;

async fn bare() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn guarded() -> &'static str {
    "Hello, World!"
}

#[oserver::handler(timeout = "2s", level = "debug", fields(one = 1, two = "two"))]
async fn with_options() -> &'static str {
    "Hello, World!"
}

fn nanoseconds<F: Future<Output: IntoResponse>>(call: impl Fn() -> F) -> f64 {
    let mut context = Context::from_waker(Waker::noop());
    let begin = Instant::now();
    for _ in 0..CALLS {
        let future = pin!(black_box(&call)());
        let Poll::Ready(output) = future.poll(&mut context) else { unreachable!("ready at once") };
        let _: Response = black_box(output.into_response());
    }
    begin.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Rounds take turns, and a surplus is taken within a round.
fn measure(place: &str) -> bool {
    let mut samples = Vec::new();
    for _ in 0..ROUNDS {
        samples.push([nanoseconds(bare), nanoseconds(guarded), nanoseconds(with_options)]);
    }
    let of = |pick: fn(&[f64; 3]) -> f64| median(samples.iter().map(pick).collect());
    let (plain, guard) = (of(|round| round[0]), of(|round| round[1] - round[0]));
    let options = of(|round| round[2] - round[0]);
    println!("{place:<20} {plain:>9.1} {guard:>+9.1} {options:>+13.1}");
    guard < LIMIT_NS && options < LIMIT_NS
}

/// The same inside of a request, where the guard finds the request's limits and its record.
#[oserver::handler(timeout = "never")]
async fn within_a_request() -> &'static str {
    if measure("within a request") { "met" } else { "missed" }
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    println!("{:<20} {:>9} {:>9} {:>13}", "ns a call", "bare", "guarded", "with options");
    let alone = measure("as a function");
    let listener = oserver::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let app = Router::new().route("/", get(within_a_request));
    let server = tokio::spawn(async { oserver::serve(listener, app).await });
    let answer = tokio::task::spawn_blocking(move || ask(&address)).await??;
    server.abort();
    let met = alone && answer.ends_with("met");
    println!("wanted: below {LIMIT_NS:+} ns: {}", if met { "met" } else { "missed" });
    if met { Ok(()) } else { Err("the guard costs too much".into()) }
}

fn ask(address: &str) -> std::io::Result<String> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address)?;
    write!(stream, "GET / HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
