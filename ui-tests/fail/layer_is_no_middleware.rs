//! A middleware's last parameter is `Next`.

use oserver::Router;
use oserver::extract::Request;
use oserver::middleware::from_fn;
use oserver::routing::get;

#[oserver::handler]
async fn guarded() -> &'static str {
    "hi"
}

#[oserver::handler]
async fn without_next(request: Request) -> String {
    request.uri().to_string()
}

fn main() {
    let _: Router = Router::new().route("/", get(guarded)).layer(from_fn(without_next));
}
