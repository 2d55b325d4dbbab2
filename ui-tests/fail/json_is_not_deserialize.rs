//! Each extractor says what it needs.

use oserver::Router;
use oserver::extract::{Json, Path, Query};
use oserver::routing::post;

struct User {
    id: u32,
}

#[oserver::handler]
async fn json(Json(user): Json<User>) -> String {
    user.id.to_string()
}

#[oserver::handler]
async fn query(Query(user): Query<User>, Json(_): Json<u32>) -> String {
    user.id.to_string()
}

#[oserver::handler]
async fn path(Path(user): Path<User>) -> String {
    user.id.to_string()
}

fn main() {
    let _: Router = Router::new().route("/", post(json).put(query).get(path));
}
