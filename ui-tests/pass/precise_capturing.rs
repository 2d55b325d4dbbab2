//! `use<..>` was put into the bounds of a type parameter, where it is not allowed.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(clippy::result_large_err, reason = "of the function as it was written")]

use oserver::{HandlerParam, Router};
use oserver::response::{IntoResponse, Response};
use oserver::routing::get;

#[oserver::handler]
async fn inside() -> Result<impl IntoResponse + use<>, Response> {
    Ok("text")
}

#[oserver::handler]
async fn whole() -> impl IntoResponse + use<> {
    "text"
}

#[oserver::handler]
fn without_async() -> Result<impl use<> + IntoResponse, Response> {
    Ok("text")
}

#[oserver::handler]
async fn of_a_parameter<T: HandlerParam + IntoResponse + Send>(value: T) -> Result<impl IntoResponse + use<T>, Response> {
    Ok(value)
}

fn main() {
    let _: Router = Router::new().route("/", get(inside).post(whole).put(without_async));
    drop(of_a_parameter("text"));
}
