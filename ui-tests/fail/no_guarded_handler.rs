//! A call in the place of its function, and a closure that captures.

use std::sync::{Arc, Mutex};

use oserver::Router;
use oserver::routing::get;

#[oserver::handler]
async fn hello() -> &'static str {
    "hello"
}

fn call() -> Router {
    Router::new().route("/", get(hello()))
}

fn closure() -> Router {
    let lock = Arc::new(Mutex::new(0));
    let closure = move || {
        *lock.lock().unwrap() += 1;
        hello()
    };
    Router::new().route("/", get(closure))
}

fn main() {
    drop(call().merge(closure()));
}
