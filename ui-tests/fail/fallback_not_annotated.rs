//! A fallback is a handler, too.

use oserver::Router;

async fn bad() -> &'static str {
    "unguarded"
}

fn main() {
    let _: Router = Router::new().fallback(bad);
}
