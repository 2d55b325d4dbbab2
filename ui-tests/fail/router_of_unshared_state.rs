//! A state that no handler takes, so that no handler is an error.

use std::sync::{Arc, Mutex};

use oserver::Router;
use oserver::routing::get;

type Shared = Arc<Mutex<u32>>;

#[oserver::handler]
async fn hello() -> &'static str {
    "hello"
}

fn routes() -> Router<Shared> {
    Router::new().route("/", get(hello))
}

fn main() {
    let _: Router = routes().with_state(Shared::default());
}
