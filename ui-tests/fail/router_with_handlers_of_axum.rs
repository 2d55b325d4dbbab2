//! axum's `get` has the same name, and takes handlers without a guard.

use axum::routing::get;
use oserver::Router;

#[oserver::handler]
async fn guarded() -> &'static str {
    "hi"
}

fn main() {
    let _: Router = Router::new().route("/", get(guarded));
}
