//! Pointers to functions that take references of any lifetime, behind an alias.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::extract::State;
use oserver::{HandlerState, Router};

type Hook = fn(&str) -> bool;
type Pick = for<'a> fn(&'a str) -> &'a str;
type Two = fn(&str, u32) -> bool;
type Find = for<'a> fn(&'a [String], &str) -> Option<&'a String>;
type Common<T> = for<'a> fn(&'a T, &'a T) -> &'a T;
type Between = fn(&u8, &str, &[u8]) -> u8;

#[derive(Clone, HandlerState)]
struct App {
    hook: Hook,
    pick: Pick,
    two: Option<Two>,
    find: [Find; 1],
    common: Common<str>,
    between: std::sync::Arc<Between>,
}

#[oserver::handler]
async fn ask(State(app): State<App>, body: String) -> String {
    let two = app.two.is_some_and(|two| two(&body, 1));
    let found = (app.find[0])(&[], &body).is_some();
    let more = (app.between)(&1, &body, &[]).to_string() + (app.common)(&body, "");
    format!("{}{}{two}{found}{more}", (app.hook)(&body), (app.pick)(&body))
}

fn main() {
    let app = App {
        hook: str::is_empty,
        pick: str::trim,
        two: None,
        find: [|list, name| list.iter().find(|own| *own == name)],
        common: |one, _| one,
        between: std::sync::Arc::new(|one, _, _| *one),
    };
    let _: Router = Router::new().route("/", oserver::routing::get(ask)).with_state(app);
}
