//! The dependency under another name.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

mod vendored {
    pub use oserver as server;
}

#[oserver::handler(crate = vendored::server, timeout = "never")]
async fn renamed() -> &'static str {
    "renamed"
}

#[oserver::main(crate = crate::vendored::server)]
async fn main() {
    let _: oserver::Router = oserver::Router::new().route("/", oserver::routing::get(renamed));
}
