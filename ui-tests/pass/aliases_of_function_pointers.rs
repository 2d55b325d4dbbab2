//! Pointers to functions that take references of any lifetime, behind an alias.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::extract::State;
use oserver::{HandlerState, Router};

type Hook = fn(&str) -> bool;
type Pick = for<'a> fn(&'a str) -> &'a str;
type Two = fn(&str, u32) -> bool;

#[derive(Clone, HandlerState)]
struct App {
    hook: Hook,
    pick: Pick,
    two: Option<Two>,
}

#[oserver::handler]
async fn ask(State(app): State<App>, body: String) -> String {
    let two = app.two.is_some_and(|two| two(&body, 1));
    format!("{}{}{two}", (app.hook)(&body), (app.pick)(&body))
}

fn main() {
    let app = App { hook: str::is_empty, pick: str::trim, two: None };
    let _: Router = Router::new().route("/", oserver::routing::get(ask)).with_state(app);
}
