//! A trait that is imported for the result of a handler alone is used.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::extract::Path;
use oserver::response::IntoResponse;

#[oserver::handler]
async fn hello(Path(name): Path<String>) -> impl IntoResponse {
    format!("Hello, {name}!")
}

#[oserver::handler]
fn without_async() -> impl IntoResponse + Send {
    "Hello"
}

fn main() {
    let _ = (hello, without_async);
}
