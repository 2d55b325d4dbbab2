//! Measures a call of an annotated handler that is ready at once, beside the same call without the guard and with
//! `#[tracing::instrument]`: `cargo bench --bench guard`.
//!
//! Within a request the guard finds the request's limits and its record. With a subscriber there are spans.

use std::future::Future;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::response::{IntoResponse, Response};
use divan::{Bencher, Divan, black_box};
use oserver::Router;
use oserver::routing::get;

const HELLO: &str = "Hello, World!";

#[divan::bench(name = "1 bare")]
fn bare(bencher: Bencher) {
    async fn handler() -> &'static str {
        HELLO
    }
    call(bencher, handler);
}

#[divan::bench(name = "2 oserver::handler")]
fn guarded(bencher: Bencher) {
    #[oserver::handler]
    async fn handler() -> &'static str {
        HELLO
    }
    call(bencher, handler);
}

#[divan::bench(name = "3 oserver::handler with options")]
fn guarded_with_options(bencher: Bencher) {
    #[oserver::handler(timeout = "2s", level = "debug", fields(one = 1, two = "two"))]
    async fn handler() -> &'static str {
        HELLO
    }
    call(bencher, handler);
}

#[divan::bench(name = "4 tracing::instrument")]
fn instrumented(bencher: Bencher) {
    #[tracing::instrument]
    async fn handler() -> &'static str {
        HELLO
    }
    call(bencher, handler);
}

fn call<F: Future<Output: IntoResponse>>(bencher: Bencher, handler: impl Fn() -> F) {
    let mut context = Context::from_waker(Waker::noop());
    bencher.bench_local(|| {
        let future = pin!(black_box(&handler)());
        let Poll::Ready(output) = future.poll(&mut context) else { unreachable!("ready at once") };
        let _: Response = black_box(output.into_response());
    });
}

#[oserver::main(log = false)]
async fn main() -> oserver::Result<()> {
    let app = Router::new().route("/", get(within_a_request));
    let listener = oserver::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async { oserver::serve(listener, app).await });
    for subscriber in ["no subscriber", "a subscriber"] {
        // Last, for nothing takes it away again.
        if subscriber == "a subscriber" {
            tracing::subscriber::set_global_default(tracing_subscriber::registry())?;
        }
        println!("\nas a function, {subscriber}");
        tokio::task::spawn_blocking(run).await?;
        println!("\nwithin a request, {subscriber}");
        tokio::task::spawn_blocking(move || ask(address)).await??;
    }
    server.abort();
    Ok(())
}

fn run() {
    // Enough for the clock not to count.
    Divan::from_args().sample_count(200).sample_size(1_000).main();
}

#[oserver::handler(timeout = "never")]
async fn within_a_request() {
    run();
}

fn ask(address: SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET / HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200 ") { Ok(()) } else { Err(std::io::Error::other(answer)) }
}
