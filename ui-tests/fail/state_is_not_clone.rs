//! The state of a router is cloned for each request.

use oserver::extract::State;
use oserver::routing::get;
use oserver::{HandlerState, Router};

#[derive(HandlerState)]
struct App {
    name: String,
}

#[oserver::handler]
async fn name(State(app): State<App>) -> String {
    app.name
}

fn main() {
    let _: Router = Router::new().route("/", get(name)).with_state(App { name: String::new() });
}
