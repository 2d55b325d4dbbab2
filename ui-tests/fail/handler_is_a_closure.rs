//! A closure can carry no attribute: the message says to make it a function.

use oserver::Router;
use oserver::routing::get;

fn main() {
    let _: Router = Router::new().route("/", get(|| async { "unguarded" }));
}
