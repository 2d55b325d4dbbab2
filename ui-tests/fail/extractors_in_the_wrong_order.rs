//! An annotated handler with a wrong order of extractors gets axum's words, not those for a missing
//! attribute.

use oserver::Router;
use oserver::extract::{Json, Path};
use oserver::routing::post;

#[oserver::handler]
async fn bad(_: Json<u32>, _: Path<u32>) -> &'static str {
    "the body must come last"
}

fn main() {
    let _: Router = Router::new().route("/", post(bad));
}
