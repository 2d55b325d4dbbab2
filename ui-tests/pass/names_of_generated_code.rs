//! The user may have items called as those of the expansion.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(dead_code, clippy::used_underscore_items, reason = "for their names")]

use oserver::response::IntoResponse;

static META: u32 = 1;
const NAME: &str = "name";
struct Handlers;
struct Guarded;
struct Static;

fn run() -> u32 {
    META
}

fn never() {}
fn static_of() {}
fn _declared() {}
fn _asked() {}

#[oserver::handler(name = NAME)]
async fn named() -> impl IntoResponse {
    fn _declared() {}
    fn declared() {}
    let (place, value) = (1, 2);
    _declared();
    declared();
    _asked();
    format!("{META}{NAME}{}{place}{value}", run())
}

fn main() {
    let _: oserver::Router = oserver::Router::new().route("/", oserver::routing::get(named));
}
