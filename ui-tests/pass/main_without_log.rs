//! `#[oserver::main]` without the log that it would bring.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]

#[oserver::main(log = false)]
async fn main() {
    tracing::info!("to nobody");
}
