//! Return types of handlers, which the compiler must know inside of the body.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::convert::Infallible;

use oserver::Router;
use oserver::response::{Html, IntoResponse, Json, Response};
use oserver::routing::get;

#[oserver::handler]
async fn nothing() {}

#[oserver::handler]
async fn text() -> &'static str {
    "text"
}

#[oserver::handler]
async fn opaque(fail: oserver::Request) -> impl IntoResponse {
    if fail.uri().path().is_empty() {
        return Html(String::new());
    }
    Html("html".to_owned())
}

/// The type of the error is known from the bound alone.
#[oserver::handler]
async fn opaque_inside() -> Json<impl Iterator<Item = Result<u8, Infallible>> + Serialize> {
    Json(Numbers(std::iter::once(1).map(Ok)))
}

#[oserver::handler]
async fn result() -> Result<impl IntoResponse, Response> {
    let number: u8 = "1".parse().map_err(|_| "no number".into_response())?;
    Ok(number.to_string())
}

#[oserver::handler]
async fn coerced() -> Result<String, Box<dyn IntoResponseBox>> {
    Err(Box::new(Problem))
}

#[oserver::handler]
async fn any_error() -> oserver::Result<String> {
    if "1".parse::<u8>()? == 2 {
        Err("two")?;
    }
    Ok(std::fs::read_to_string("/nonexistent")?)
}

#[oserver::handler]
async fn early() -> String {
    for number in 0.. {
        if number == 3 {
            return number.to_string();
        }
    }
    unreachable!()
}

#[oserver::handler]
async fn diverges() -> String {
    panic!("always")
}

#[oserver::handler]
async fn diverges_opaque() -> impl IntoResponse {
    std::future::pending::<()>().await;
}

trait IntoResponseBox: Send {}

struct Problem;

impl IntoResponseBox for Problem {}

impl IntoResponse for Box<dyn IntoResponseBox> {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

use serde::Serialize;

struct Numbers<I>(I);

impl<I: Iterator> Iterator for Numbers<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}

impl<I> Serialize for Numbers<I> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

fn main() {
    let _: Router = Router::new()
        .route("/1", get(nothing).post(text).put(opaque).delete(opaque_inside))
        .route("/2", get(result).post(coerced).put(any_error).delete(early))
        .route("/3", get(diverges).post(diverges_opaque));
}
