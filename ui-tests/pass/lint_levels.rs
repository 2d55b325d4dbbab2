//! Lint attributes that users put on their functions. A guard changes what clippy sees of them.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::sync::Arc;

use oserver::Router;
use oserver::extract::State;
use oserver::routing::get;

#[expect(clippy::unused_async, reason = "it will await")]
#[oserver::handler]
async fn does_not_await(State(name): State<Arc<str>>) -> String {
    name.to_string()
}

#[oserver::handler]
#[expect(clippy::needless_pass_by_value, unused_variables, reason = "a handler gets values")]
fn passes_by_value(State(name): State<Arc<str>>) -> String {
    let later = 1;
    name.to_string()
}

#[oserver::handler]
fn inside(State(name): State<Arc<str>>) -> String {
    #![expect(clippy::needless_pass_by_value)]
    name.to_string()
}

#[must_use]
#[oserver::handler]
async fn used(State(name): State<Arc<str>>) -> String {
    std::future::ready(name).await.to_string()
}

#[oserver::handler]
#[must_use]
fn used_without_async() -> String {
    String::new()
}

#[derive(oserver::HandlerState)]
struct Pages;

impl Pages {
    #[oserver::handler]
    #[must_use]
    #[expect(clippy::unused_self, clippy::unused_async)]
    async fn page(&self) -> String {
        String::new()
    }
}

fn main() {
    let name: Arc<str> = "name".into();
    let _: Router = Router::new()
        .route("/1", get(does_not_await).post(passes_by_value).put(inside))
        .route("/2", get(used).post(used_without_async))
        .with_state(name);
    drop(Pages.page());
}
