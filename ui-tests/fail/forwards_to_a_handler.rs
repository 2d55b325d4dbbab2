//! A function without the attribute that ends with a guarded call: its own parameters are asked.

use std::sync::{Arc, Mutex};

use oserver::extract::Extension;
use oserver::routing::{any, get};
use oserver::{Guarded, Router};

#[oserver::handler]
async fn ok() -> &'static str {
    "ok"
}

async fn forwards(Extension(lock): Extension<Arc<Mutex<u32>>>) -> Guarded {
    drop(lock.lock());
    ok().await
}

fn main() {
    let _: Router = Router::new().route("/", get(forwards)).route("/any", any(forwards)).fallback(forwards);
}
