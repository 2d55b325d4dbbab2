//! A library that depends on `oserver-state` alone says what its types are; a service has them as state.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::sync::Arc;

use oserver::extract::State;
use ui_tests_library::{Client, Counted, Token};

#[derive(Clone, oserver::HandlerState)]
struct App {
    client: Client<u32>,
    counted: Counted,
}

#[oserver::handler]
async fn whole(State(app): State<App>) -> String {
    app.counted.add();
    app.client.url.to_string()
}

#[oserver::handler]
async fn alone(State(client): State<Arc<Client<()>>>) -> String {
    client.url.to_string()
}

#[oserver::handler]
async fn parameter(_token: Token) -> &'static str {
    "taken"
}

fn is_the_same_trait<T: oserver_state::HandlerState>() {}

fn main() {
    is_the_same_trait::<App>();
    let app = App { client: Client { url: "".into(), extra: 1 }, counted: Counted::default() };
    let _: oserver::Router =
        oserver::Router::new().route("/", oserver::routing::get(whole)).with_state(app);
    let _ = (alone, parameter);
}
