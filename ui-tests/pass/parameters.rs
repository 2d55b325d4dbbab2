//! Parameters of handlers.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::sync::Arc;

use oserver::extract::{FromRef, FromRequestParts, Json, Path, Query, State};
use oserver::routing::{get, post};
use oserver::{HandlerState, Request, Router};

#[derive(Clone, HandlerState)]
struct App {
    name: Arc<str>,
}

impl FromRef<App> for Arc<str> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.name)
    }
}

impl App {
    #[oserver::handler]
    async fn associated(State(app): State<Self>) -> String {
        app.name.to_string()
    }

    #[oserver::handler]
    async fn method(&self, Path(id): Path<u32>) -> String {
        format!("{}{id}", self.name)
    }
}

#[oserver::handler]
async fn several(
    State(app): State<App>,
    Path((id, name)): Path<(u32, String)>,
    _: Query<Vec<(String, String)>>,
    #[cfg(target_os = "uefi")] not_there: NotThere,
    Json(mut numbers): Json<Vec<u32>>,
) -> String {
    numbers.push(id);
    format!("{}{name}{numbers:?}", app.name)
}

#[oserver::handler]
async fn mutable(mut request: Request) -> String {
    request.headers_mut().clear();
    request.uri().to_string()
}

#[oserver::handler]
async fn optional(id: Option<Path<u32>>, name: Result<Path<String>, oserver::extract::rejection::PathRejection>) -> String {
    format!("{id:?}{}", name.is_ok())
}

#[oserver::handler]
async fn generic<T>(State(value): State<T>) -> String
where
    T: HandlerState + Clone + Send + Sync + std::fmt::Display + 'static,
{
    value.to_string()
}

#[oserver::handler]
async fn opaque(number: impl Into<u32> + HandlerState + Send) -> String {
    number.into().to_string()
}

#[oserver::handler]
async fn borrows(names: &[String], first: &'static str) -> String {
    format!("{first}{}", names.len())
}

#[oserver::handler]
async fn r#raw() -> &'static str {
    "raw"
}

#[oserver::handler]
fn without_async(State(name): State<Arc<str>>, body: String) -> String {
    format!("{name}{body}")
}

#[derive(HandlerState)]
struct Custom(u32);

impl<S: Sync> FromRequestParts<S> for Custom {
    type Rejection = ();

    async fn from_request_parts(_: &mut http::request::Parts, _: &S) -> Result<Self, ()> {
        Ok(Self(1))
    }
}

#[oserver::handler]
async fn custom(Custom(number): Custom) -> String {
    number.to_string()
}

fn main() {
    let app = App { name: "app".into() };
    let _: Router = Router::new()
        .route("/associated", get(App::associated))
        .route("/several/{id}/{name}", post(several))
        .route("/mutable", get(mutable))
        .route("/optional", get(optional))
        .route("/generic", get(generic::<Arc<str>>))
        .route("/raw", get(r#raw))
        .route("/without-async", post(without_async))
        .route("/custom", get(custom))
        .with_state(app.clone());
    drop(async move {
        let _ = app.method(Path(1)).await;
        let _ = opaque(1_u8).await;
        let _ = borrows(&[], "").await;
    });
}
