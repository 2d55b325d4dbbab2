//! One of the servers that are compared: `server KIND [TIMEOUT_MS]` prints its address and serves.
//!
//! Every kind has the same routes: `/ok` answers, `/block/a`, `/block/b` and `/block/c` block their
//! thread for ever, as `/read-then-block` and `/drop-then-block` do after what they do with the body, and `/extractor-block` does
//! before its handler; `/spin` never stops computing, `/panic` panics, as `/middleware-panic` does before its handler, and
//! `/panic-payload` with a value that panics when it is dropped; `/await` awaits for ever. The second
//! frame of a body panics on `/panic-body`, blocks on `/block-body`, and never stops computing on `/spin-body`. State is
//! counted up by `/count`, and by `/count-then-block` before it blocks; it panics on `/poison` in the middle of a change, and is
//! never let go by `/wedge`: oserver's has an actor, and that of the others is under a lock.

/// Functions that an attribute makes handlers of, one a line.
#[cfg(feature = "peers")]
macro_rules! handlers {
    ($(#[$attribute:meta] $name:ident $parameters:tt -> $answer:ty $body:block)*) => {
        $(#[$attribute] async fn $name $parameters -> $answer $body)*
    };
}

#[cfg(feature = "peers")]
mod actix;
mod axum;
mod fault;
mod hyper;
mod oserver;
mod oserver_unrouted;
#[cfg(feature = "peers")]
mod poem;
#[cfg(feature = "peers")]
mod rocket;
mod shapes;

use std::net::SocketAddr;
use std::time::Duration;

/// The body of every kind's response on `/ok`.
const HELLO: &str = "Hello, World!";

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

fn main() {
    let kind = std::env::args().nth(1).expect("usage: server KIND [TIMEOUT_MS]");
    match &*kind {
        // The second is another build of the same.
        "oserver" | "oserver-uncounted" => oserver::serve(),
        "oserver-unrouted" => oserver_unrouted::serve(),
        "hyper" => on_tokio(hyper::serve()),
        "axum" => on_tokio(axum::serve(None)),
        "axum-layers" => on_tokio(axum::serve(Some(timeout()))),
        #[cfg(feature = "peers")]
        "actix" => actix::serve(timeout()),
        #[cfg(feature = "peers")]
        "poem" => on_tokio(poem::serve(timeout())),
        #[cfg(feature = "peers")]
        "rocket" => rocket::serve(),
        other => panic!("there is no server `{other}`"),
    }
}

/// How long a handler may take, for those kinds that have a timeout.
fn timeout() -> Duration {
    given_timeout().unwrap_or(DEFAULT_TIMEOUT)
}

/// Where handlers go wrong on purpose there is one.
fn given_timeout() -> Option<Duration> {
    let milliseconds = |text: String| text.parse().expect("TIMEOUT_MS is a whole number");
    std::env::args().nth(2).map(|text| Duration::from_millis(milliseconds(text)))
}

/// As `#[tokio::main]` would.
fn on_tokio(server: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(server);
}

fn announce(address: SocketAddr) {
    println!("{address}");
}
