//! The memory cost of the guard: a handler that is ready at once allocates what its body does, and nothing else.

mod common;

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Once;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use common::{TestServer, run};
use oserver::Router;
use oserver::response::{IntoResponse, Response};
use oserver::routing::get;

async fn bare() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn guarded() -> &'static str {
    "Hello, World!"
}

#[oserver::handler(
    timeout = "2s",
    name = "all",
    level = "debug",
    on_disconnect = "finish",
    fields(later)
)]
async fn with_options() -> &'static str {
    "Hello, World!"
}

#[oserver::handler(timeout = "2s", fields(%text, length = text.len()))]
async fn allocates(text: &str) -> String {
    text.to_owned()
}

async fn allocates_bare(text: &str) -> String {
    text.to_owned()
}

/// How often the call, its response included, allocated.
fn allocations<F: Future<Output: IntoResponse>>(call: impl FnOnce() -> F) -> u64 {
    let counted = measure(|| {
        let future = pin!(call());
        let Poll::Ready(output) = future.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("it is ready at once");
        };
        let _: Response = black_box(output.into_response());
    });
    counted.count_total
}

/// With a subscriber that wants spans each of them costs what that makes of it.
fn without_subscriber() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let nobody = tracing::subscriber::NoSubscriber::new();
        tracing::subscriber::set_global_default(nobody).expect("nobody has set one");
    });
}

fn compare() {
    let text = "a body's own";
    // The setup that runs once is no cost of a call.
    for _ in 0..2 {
        allocations(bare);
        allocations(guarded);
        allocations(with_options);
        allocations(|| allocates(text));
    }
    let plain = allocations(bare);
    assert_eq!(allocations(guarded), plain);
    assert_eq!(allocations(with_options), plain);
    let own = allocations(|| allocates_bare(text));
    assert!(own > plain, "the counter counts: {own}, {plain}");
    assert_eq!(allocations(|| allocates(text)), own);
}

#[test]
fn a_handler_called_as_a_function_allocates_only_what_its_body_does() {
    without_subscriber();
    compare();
}

#[oserver::handler]
async fn compares() -> &'static str {
    compare();
    "compared"
}

#[test]
fn a_handler_in_a_request_allocates_only_what_its_body_does() {
    without_subscriber();
    run(async {
        let server = TestServer::start(Router::new().route("/", get(compares))).await;
        assert_eq!(server.get("/").await.text(), "compared");
    });
}
