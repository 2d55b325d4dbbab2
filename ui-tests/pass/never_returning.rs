//! A return type without values: a response nobody ever gets.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::routing::get;

#[oserver::handler]
async fn never() -> std::convert::Infallible {
    std::future::pending().await
}

fn main() {
    let _: Router = Router::new().route("/", get(never));
}
