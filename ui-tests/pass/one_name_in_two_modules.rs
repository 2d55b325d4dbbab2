//! Types of one name: each handler is asked about its own, whichever was named first.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::extract::{Extension, State};
use oserver::routing::get;
use oserver::{HandlerState, Router};

mod first {
    use super::{HandlerState, State};

    #[derive(Clone, HandlerState)]
    pub struct App(pub u32);

    #[oserver::handler]
    pub async fn number(State(app): State<App>) -> String {
        app.0.to_string()
    }
}

mod second {
    use super::{HandlerState, State};

    #[derive(Clone, HandlerState)]
    pub struct App(pub String);

    #[oserver::handler]
    pub async fn text(State(app): State<App>) -> String {
        app.0
    }

    #[oserver::handler]
    pub fn blocking(State(app): State<App>) -> String {
        app.0
    }
}

#[oserver::handler]
async fn generic<T: HandlerState + ToString + Send>(Extension(value): Extension<T>) -> String {
    value.to_string()
}

#[oserver::handler]
async fn again<T: HandlerState + ToString + Send>(Extension(value): Extension<T>) -> String {
    value.to_string()
}

#[oserver::handler]
async fn borrowed<'a>(State(value): State<&'a str>) -> String {
    value.to_owned()
}

#[oserver::handler]
async fn borrowed_again<'a>(State(value): State<&'a str>) -> String {
    value.to_owned()
}

fn main() {
    let first = Router::new().route("/1", get(first::number)).with_state(first::App(1));
    let texts = get(second::text).post(second::blocking);
    let second = Router::new().route("/2", texts).with_state(second::App(String::new()));
    let third = Router::new().route("/3", get(borrowed).post(borrowed_again)).with_state("x");
    let fourth = Router::new().route("/4", get(generic::<u32>).post(again::<u32>));
    let _: Router = first.merge(second).merge(third).merge(fourth).layer(Extension(1_u32));
}
