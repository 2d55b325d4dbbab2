//! `#[oserver::main]` without the log that it would bring.
#![deny(warnings)]

#[oserver::main(log = false)]
async fn main() {
    tracing::info!("to nobody");
}
