//! `impl Trait` inside of the type that a function without `async` returns: a closure cannot declare it,
//! and the rest of the type, the error's for one, was then unknown.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(clippy::result_large_err, reason = "of the function as it was written")]

use http::StatusCode;
use oserver::{HandlerParam, Router};
use oserver::response::{IntoResponse, Response};
use oserver::routing::get;

#[oserver::handler]
fn result() -> Result<impl IntoResponse, Response> {
    Ok("text")
}

#[oserver::handler]
fn any_error() -> oserver::Result<impl IntoResponse> {
    let number: u8 = "1".parse()?;
    Ok(number.to_string())
}

#[oserver::handler]
fn whole() -> impl IntoResponse {
    "text"
}

#[oserver::handler]
fn of_a_parameter<T: HandlerParam + IntoResponse + Send + 'static>(
    value: T,
) -> Result<(StatusCode, impl IntoResponse), Box<dyn IntoResponseBox>> {
    if false {
        return Err(Box::new(Problem));
    }
    Ok((StatusCode::OK, value))
}

trait IntoResponseBox: Send {}

struct Problem;

impl IntoResponseBox for Problem {}

impl IntoResponse for Box<dyn IntoResponseBox> {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

fn main() {
    let _: Router = Router::new().route("/", get(result).post(any_error).put(whole));
    drop(of_a_parameter(oserver::extract::Json(1)));
}
