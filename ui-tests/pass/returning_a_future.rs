//! Functions without `async` whose future yields the result, as other attributes make them.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![allow(clippy::manual_async_fn, reason = "that is the point")]
#![forbid(unsafe_code)]

use std::pin::Pin;

use oserver::extract::State;
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
        .with_state(app);
}
