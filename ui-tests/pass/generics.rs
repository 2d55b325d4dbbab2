//! Type and const parameters, where-clauses, `impl Trait` in and out.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::fmt::{Debug, Display};

use oserver::{HandlerParam, HandlerState, Router, Trusted};
use oserver::extract::{FromRequestParts, Path, State};
use oserver::response::IntoResponse;
use oserver::routing::get;

#[oserver::handler]
async fn bounded<T: HandlerState + Display + Clone + Send + Sync + 'static>(State(value): State<T>) -> String {
    value.to_string()
}

#[oserver::handler]
async fn with_where<T, const N: usize>(State(values): State<[T; N]>) -> impl IntoResponse
where
    T: HandlerState + Clone + Send + Sync + Debug + 'static,
    for<'a> &'a [T; N]: IntoIterator<Item = &'a T>,
{
    format!("{N}{:?}", values.into_iter().next())
}

#[oserver::handler]
async fn extracts<E>(extractor: E) -> impl IntoResponse + use<E>
where
    E: FromRequestParts<()> + HandlerParam + Debug + Send,
{
    format!("{extractor:?}")
}

#[oserver::handler]
async fn returns<T>(value: T) -> Result<T, T>
where
    T: HandlerParam + IntoResponse + Send,
{
    Ok(value)
}

#[oserver::handler]
async fn opaque(name: impl HandlerParam + Into<String> + Send, then: Trusted<impl Fn(String) -> String + Send>) -> String {
    then(name.into())
}

#[oserver::handler]
fn without_async<T, const N: usize>(State(values): State<[T; N]>) -> String
where
    T: HandlerState + Clone + Display + Send + Sync + 'static,
{
    values.iter().map(T::to_string).collect()
}

fn main() {
    let _: Router = Router::new()
        .route("/1", get(bounded::<u8>))
        .with_state(1);
    let _: Router = Router::new()
        .route("/2", get(with_where::<u8, 2>).post(without_async::<u8, 2>))
        .with_state([1, 2]);
    let _: Router = Router::new().route("/3/{id}", get(extracts::<Path<u8>>));
    drop(async {
        let _ = returns("text").await;
        let _ = opaque("name", Trusted::new(|name| name, "it captures nothing")).await;
    });
}
