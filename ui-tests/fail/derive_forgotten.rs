//! One error for the type, and not one for each handler and the router.

use oserver::extract::State;
use oserver::routing::get;
use oserver::Router;

#[derive(Clone)]
struct App {
    name: String,
}

#[oserver::handler]
async fn one(State(app): State<App>) -> String {
    app.name
}

#[oserver::handler]
async fn two(State(app): State<App>, body: String) -> String {
    app.name + &body
}

#[oserver::handler]
fn three(State(app): State<App>) -> String {
    app.name
}

fn main() {
    let routes = Router::new().route("/1", get(one).post(two)).route("/3", get(three));
    let _: Router = routes.with_state(App { name: String::new() });
}
