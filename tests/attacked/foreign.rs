//! A server on a runtime that oserver did not build. With `signals` it takes the signals.

#![allow(clippy::print_stdout, reason = "a command says what it does")]

use std::io::Write;

use oserver::Router;
use oserver::routing::get;

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn slow() -> &'static str {
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    "at last"
}

#[tokio::main]
async fn main() -> oserver::Result<()> {
    let listener = oserver::bind("127.0.0.1:0").await?;
    let place = format!("listening on http://{}\n", listener.local_addr()?);
    let router = Router::new().route("/ok", get(ok)).route("/slow", get(slow));
    let mut serve = oserver::serve(listener, router);
    if std::env::args().any(|argument| argument == "signals") {
        serve = serve.shutdown_on_signals();
    }
    std::io::stdout().write_all(place.as_bytes())?;
    Ok(serve.await?)
}
