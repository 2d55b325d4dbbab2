//! Data of one request are no state.

use oserver::HandlerState;
use oserver::extract::{Extension, Request, State};

#[oserver::handler]
async fn whole(_: State<Request>) {}

#[derive(HandlerState)]
struct App {
    extensions: oserver::http::Extensions,
}

#[oserver::handler]
async fn inside(_: Extension<Option<oserver::body::Body>>) {}

fn main() {}
