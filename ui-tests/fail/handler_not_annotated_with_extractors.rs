//! The same for a function with parameters.

use oserver::Router;
use oserver::extract::{Path, Query};
use oserver::routing::post;

async fn bad(_: Path<u32>, _: Query<Vec<(String, String)>>) -> String {
    String::new()
}

fn main() {
    let _: Router = Router::new().route("/", post(bad));
}
