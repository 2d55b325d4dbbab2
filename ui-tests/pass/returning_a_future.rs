//! Functions without `async` whose future yields the result, as other attributes make them.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![allow(clippy::manual_async_fn, reason = "that is the point")]
#![forbid(unsafe_code)]

use std::pin::Pin;

use oserver::extract::State;
use oserver::response::IntoResponse;
use oserver::routing::get;
use oserver::{Guarded, HandlerState, Router};

#[oserver::handler]
fn opaque() -> impl std::future::Future<Output = String> {
    async { String::new() }
}

#[oserver::handler]
fn boxed(body: String) -> Pin<Box<dyn std::future::Future<Output = String> + Send>> {
    if body.is_empty() {
        return Box::pin(std::future::ready(body));
    }
    Box::pin(async move { body })
}

/// Only the signature gives the type that the future yields.
#[oserver::handler]
fn inferred(State(app): State<App>) -> impl std::future::Future<Output = Result<String, String>> + Send {
    async move { Ok(app.name) }
}

#[oserver::handler]
fn with_an_opaque_error(body: String) -> impl std::future::Future<Output = Result<impl IntoResponse, &'static str>> {
    async move {
        if body.is_empty() { Err("empty") } else { Ok(body) }
    }
}

/// As `futures` calls it.
type BoxFuture<'a, T> = Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

#[oserver::handler]
fn by_an_alias(State(app): State<App>) -> BoxFuture<'static, Result<String, String>> {
    Box::pin(async move { Ok(app.name) })
}

/// A provided method, whose future may go to another thread.
trait Resource: HandlerState + Clone + Send + Sync + 'static {
    fn show(&self) -> Option<String>;

    #[oserver::handler]
    fn get(State(this): State<Self>) -> impl std::future::Future<Output = Result<String, &'static str>> + Send {
        async move { this.show().ok_or("nothing") }
    }
}

impl Resource for App {
    fn show(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

/// As `async_trait` expands it.
trait Api {
    fn name<'life0, 'made>(&'life0 self) -> Pin<Box<dyn std::future::Future<Output = Guarded> + Send + 'made>>
    where
        'life0: 'made,
        Self: 'made;
}

#[derive(Clone, HandlerState)]
struct App {
    name: String,
}

impl Api for App {
    #[oserver::handler]
    fn name<'life0, 'made>(&'life0 self) -> Pin<Box<dyn std::future::Future<Output = String> + Send + 'made>>
    where
        'life0: 'made,
        Self: 'made,
    {
        Box::pin(async move {
            let this = self;
            this.name.clone()
        })
    }
}

#[oserver::handler]
async fn named(State(app): State<App>) -> oserver::Result<String> {
    app.name().await.text().await
}

fn main() {
    let app = App { name: String::new() };
    let _: Router = Router::new()
        .route("/", get(opaque).post(boxed))
        .route("/name", get(named))
        .route("/more", get(inferred).post(with_an_opaque_error).put(by_an_alias).delete(App::get))
        .with_state(app);
}
