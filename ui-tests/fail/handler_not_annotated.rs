//! A function without the attribute in `oserver::Router`: the message names the attribute.

use oserver::Router;
use oserver::routing::get;

async fn bad() -> &'static str {
    "unguarded"
}

fn main() {
    let _: Router = Router::new().route("/", get(bad));
}
