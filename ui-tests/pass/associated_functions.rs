//! Associated functions with `State<Self>`, in inherent, generic and trait impls.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::fmt::Display;

use oserver::Router;
use oserver::extract::{Path, State};
use oserver::response::IntoResponse;
use oserver::routing::get;

#[derive(Clone, oserver::HandlerState)]
struct App<T>(T);

impl<T: oserver::HandlerState + Clone + Display + Send + Sync + 'static> App<T> {
    #[oserver::handler]
    async fn show(State(Self(value)): State<Self>, Path(id): Path<u32>) -> String {
        format!("{value}{id}")
    }

    #[oserver::handler]
    fn without_async(State(app): State<Self>) -> String {
        app.0.to_string()
    }

    #[oserver::handler]
    async fn makes_itself(State(Self(value)): State<Self>) -> Self {
        Self(value)
    }
}

impl<T: Display> IntoResponse for App<T> {
    fn into_response(self) -> oserver::response::Response {
        self.0.to_string().into_response()
    }
}

fn main() {
    let _: Router = Router::new()
        .route("/{id}", get(App::<u8>::show).post(App::without_async).put(App::makes_itself))
        .with_state(App(1));
}
