//! Bodies that leave early, loop, or never end.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::future::pending;

use oserver::Router;
use oserver::response::IntoResponse;
use oserver::routing::get;

#[oserver::handler]
async fn returns(body: String) -> Result<String, &'static str> {
    let Some(first) = body.chars().next() else { return Err("empty") };
    if first == '0' {
        return Ok(body);
    }
    Err("another")
}

#[oserver::handler]
async fn only_returns(body: String) -> String {
    #[allow(clippy::needless_return)]
    return body;
}

#[oserver::handler]
async fn question_marks(body: String) -> oserver::Result<impl IntoResponse> {
    let number: u8 = body.trim().parse()?;
    let text = std::str::from_utf8(&[number])?.to_owned();
    Ok(text)
}

#[oserver::handler]
async fn labels(body: String) -> String {
    let found = 'outer: loop {
        for (index, letter) in body.chars().enumerate() {
            if letter == 'x' {
                break 'outer Some(index);
            }
            if index > 100 {
                continue 'outer;
            }
        }
        break None;
    };
    let length = 'block: {
        if found.is_none() {
            break 'block 0;
        }
        body.len()
    };
    format!("{found:?}{length}")
}

#[oserver::handler]
async fn yields_in_a_loop() -> String {
    loop {
        std::future::ready(()).await;
        if let Ok(text) = std::env::var("TEXT") {
            return text;
        }
    }
}

#[oserver::handler]
async fn never_ends() -> String {
    loop {
        pending::<()>().await;
    }
}

#[oserver::handler]
async fn waits_for_ever() -> &'static str {
    pending().await
}

#[oserver::handler]
async fn panics() -> String {
    panic!("always")
}

#[oserver::handler]
async fn is_not_written_yet() -> Result<String, String> {
    unimplemented!()
}

#[oserver::handler]
async fn unreachable_opaque() -> impl IntoResponse {
    if std::env::args().count() == 0 {
        return "text";
    }
    unreachable!()
}

#[oserver::handler]
fn panics_without_async() -> String {
    panic!("always")
}

#[oserver::handler]
fn returns_without_async(body: String) -> Result<String, String> {
    if body.is_empty() {
        return Ok(body);
    }
    let number = body.parse::<u8>().map_err(|error| error.to_string())?;
    Ok(number.to_string())
}

fn main() {
    let _: Router = Router::new()
        .route("/1", get(returns).post(only_returns).put(question_marks).delete(labels))
        .route("/2", get(never_ends).post(waits_for_ever).put(panics).delete(is_not_written_yet))
        .route("/3", get(unreachable_opaque).post(panics_without_async).put(yields_in_a_loop).delete(returns_without_async));
}
