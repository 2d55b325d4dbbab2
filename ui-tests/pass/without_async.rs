//! A function without `async` is closures inside: one that took, moved or returned otherwise than a function
//! would not compile, or trip the lints below.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![forbid(unused_variables, unused_mut, unused_braces, unused_parens, unused_qualifications)]

use std::sync::Arc;

use oserver::{HandlerParam, Router};
use oserver::extract::{Path, State};
use oserver::response::{IntoResponse, Response};
use oserver::routing::get;

#[oserver::handler]
fn nothing() {}

#[oserver::handler]
fn destructures(State(name): State<Arc<str>>, Path((mut id, _)): Path<(u8, u8)>, body: String) -> String {
    id += 1;
    format!("{name}{id}{body}")
}

#[oserver::handler]
fn conditional(#[cfg(target_os = "uefi")] not_there: NotThere, name: String) -> String {
    name
}

#[oserver::handler]
fn generic<T: HandlerParam + ToString + Send + 'static>(value: T, other: impl HandlerParam + ToString + Send + 'static) -> String {
    value.to_string() + &other.to_string()
}

#[oserver::handler]
fn early() -> Result<String, Box<dyn Problem>> {
    for number in 0.. {
        if number == 3 {
            return Ok(number.to_string());
        }
    }
    Err(Box::new(()))
}

#[oserver::handler]
fn diverges() -> String {
    panic!("always")
}

#[derive(oserver::HandlerState)]
struct Service(String);

impl Service {
    #[oserver::handler]
    fn consumed(self) -> String {
        self.0
    }
}

trait Problem: Send {}

impl Problem for () {}

impl IntoResponse for Box<dyn Problem> {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

fn main() {
    let _: Router = Router::new()
        .route("/1/{id}/{other}", get(nothing).post(destructures).put(conditional))
        .route("/2", get(early).post(diverges))
        .with_state("name".into());
    drop(generic("text", 1));
    drop(Service(String::new()).consumed());
}
