//! One of the servers that are compared: `server KIND [TIMEOUT_MS]` prints its address and serves.
//!
//! Every kind has the same routes: `/ok` answers, `/block/a`, `/block/b` and `/block/c` block their
//! thread for ever, `/spin` never stops computing, `/panic` panics, and `/await` awaits for ever. The second
//! frame of a body panics on `/panic-body` and blocks on `/block-body`. State is counted up by `/count`, panics on
//! `/poison` in the middle of a change, and is never let go by `/wedge`: oserver's has an owner, and that of the
//! others is under a lock.

#[cfg(feature = "peers")]
mod actix;
mod axum;
mod fault;
mod hyper;
mod oserver;
#[cfg(feature = "peers")]
mod poem;
#[cfg(feature = "peers")]
mod rocket;

use std::net::SocketAddr;
use std::time::Duration;

/// What every kind answers on `/ok`.
const HELLO: &str = "Hello, World!";

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

fn main() {
    let kind = std::env::args().nth(1).expect("usage: server KIND [TIMEOUT_MS]");
    match &*kind {
        // The second is another build of the same.
        "oserver" | "oserver-uncounted" => oserver::serve(),
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
    std::env::args().nth(2).map_or(DEFAULT_TIMEOUT, |text| {
        Duration::from_millis(text.parse().expect("TIMEOUT_MS is a whole number"))
    })
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
