//! A closure that calls a guarded handler yields what that one yields; what it captured nobody asked.

use std::sync::{Arc, Mutex};

use oserver::Router;
use oserver::routing::get;

#[oserver::handler]
async fn ok() -> &'static str {
    "ok"
}

fn main() {
    let lock = Arc::new(Mutex::new(0));
    let other = Arc::clone(&lock);
    let _: Router = Router::new()
        .route("/", get(move || { drop(lock.lock()); ok() }))
        .fallback(move || { drop(other.lock()); ok() });
}
