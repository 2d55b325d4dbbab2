//! That a function is guarded only the attribute can say.

use oserver::Router;
use oserver::response::{IntoResponse, Response};
use oserver::routing::{GuardedResponse, get};

struct Reply;

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        "reply".into_response()
    }
}

impl GuardedResponse for Reply {}

async fn unguarded() -> Reply {
    Reply
}

fn main() {
    let _: Router = Router::new().route("/", get(unguarded));
}
