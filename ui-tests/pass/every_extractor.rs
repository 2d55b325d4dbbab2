//! Every extractor of axum's, alone, behind `Option` and as a `Result`; custom ones; middleware.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(clippy::too_many_arguments, clippy::unused_async, reason = "only the parameters matter")]

use std::collections::HashMap;
use std::sync::Arc;

use oserver::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use oserver::extract::{
    Extension, Form, FromRef, FromRequest, FromRequestParts, Json, MatchedPath, NestedPath,
    OriginalUri, Path, Query, RawForm, RawPathParams, RawQuery, State,
};
use oserver::response::{IntoResponse, Response};
use oserver::routing::get;
use oserver::{HandlerParam, HandlerState, Request, RequestId, Router, Trusted};

/// It asks nothing of what is made of the request.
struct NotAsked;

impl<'de> serde::Deserialize<'de> for NotAsked {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        u8::deserialize(from).map(|_| Self)
    }
}

#[derive(Clone, HandlerState)]
struct App {
    name: Arc<str>,
}

#[derive(Clone, HandlerState)]
struct Name(Arc<str>);

impl FromRef<App> for Name {
    fn from_ref(app: &App) -> Self {
        Self(Arc::clone(&app.name))
    }
}

type Shared = State<App>;

#[oserver::handler]
async fn parts(
    State(Name(name)): State<Name>,
    app: Shared,
    extension: Extension<Name>,
    path: Path<HashMap<String, String>>,
    query: Query<NotAsked>,
    raw_query: RawQuery,
    raw_path: RawPathParams,
    matched: MatchedPath,
    original: OriginalUri,
    headers: http::HeaderMap,
    (method, uri, version): (http::Method, http::Uri, http::Version),
    id: RequestId,
    body: String,
) -> String {
    drop((app, extension, path, query, raw_query, raw_path, matched, original, headers));
    drop((method, uri, version, id));
    format!("{name}{body}")
}

#[oserver::handler]
async fn bodies(nested: Option<Path<u8>>, json: Json<NotAsked>) {
    drop((nested, json));
}

#[oserver::handler]
async fn form(form: Form<NotAsked>) {
    drop(form);
}

#[oserver::handler]
async fn raw_form(form: RawForm) {
    drop(form);
}

#[oserver::handler]
async fn optional(
    id: Option<Path<u8>>,
    extension: Option<Extension<Name>>,
    matched: Option<MatchedPath>,
    json: Option<Json<NotAsked>>,
) {
    drop((id, extension, matched, json));
}

#[oserver::handler]
async fn results(
    id: Result<Path<u8>, PathRejection>,
    query: Result<Query<NotAsked>, QueryRejection>,
    json: Result<Json<NotAsked>, JsonRejection>,
) {
    drop((id, query, json));
}

#[oserver::handler]
async fn bytes(bytes: Result<axum::body::Bytes, BytesRejection>) {
    drop(bytes);
}

#[oserver::handler]
async fn whole(request: Request) {
    drop(request);
}

#[oserver::handler]
async fn middleware(_: State<App>, nested: Option<NestedPathOrNone>, request: Request, next: axum::middleware::Next) -> Response {
    drop(nested);
    next.run(request).await
}

/// An extractor around another, whatever that one extracts.
#[derive(HandlerParam)]
struct Validated<T>(#[handler_state(trusted = "it is made of the request")] T);

impl<S: Send + Sync, T: FromRequest<S>> FromRequest<S> for Validated<T> {
    type Rejection = T::Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, T::Rejection> {
        T::from_request(request, state).await.map(Self)
    }
}

/// One that has request data in it.
#[derive(HandlerParam)]
struct Incoming {
    method: http::Method,
    json: Json<NotAsked>,
    path: Option<NestedPath>,
}

impl<S: Send + Sync> FromRequest<S> for Incoming {
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejected> {
        let method = request.method().clone();
        let json = Json::from_request(request, state).await.map_err(|_| Rejected { status: 400 })?;
        Ok(Self { method, json, path: None })
    }
}

/// The rejection of a custom extractor.
#[derive(HandlerParam)]
struct Rejected {
    status: u16,
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        self.status.to_string().into_response()
    }
}

/// One that is state, too.
#[derive(HandlerState)]
struct NestedPathOrNone(#[allow(dead_code, reason = "only the type matters")] Option<NestedPath>);

impl<S: Send + Sync> axum::extract::OptionalFromRequestParts<S> for NestedPathOrNone {
    type Rejection = Rejected;

    async fn from_request_parts(parts: &mut http::request::Parts, state: &S) -> Result<Option<Self>, Rejected> {
        Ok(Some(Self(NestedPath::from_request_parts(parts, state).await.ok())))
    }
}

#[oserver::handler]
async fn custom(incoming: Result<Incoming, Rejected>) -> String {
    let Ok(Incoming { method, json: Json(NotAsked), path }) = incoming else { return String::new() };
    format!("{method}{}", path.is_some())
}

#[oserver::handler]
async fn wrapped(Validated(json): Validated<Json<NotAsked>>) {
    drop(json);
}

/// Vouched for in the signature.
#[oserver::handler]
async fn trusted(lock: Trusted<Extension<Arc<std::sync::Mutex<u8>>>>, body: Trusted<String>) -> String {
    drop(lock);
    body.to_string()
}

/// A part of the request that is the last parameter.
#[oserver::handler]
async fn trusted_part(lock: Trusted<State<App>>) {
    drop(lock);
}

fn main() {
    let app = App { name: "app".into() };
    let _: Router = Router::new()
        .route("/1", get(parts).post(bodies).put(form).delete(raw_form))
        .route("/2", get(optional).post(results).put(bytes).delete(whole))
        .route("/3", get(custom).post(wrapped).put(trusted).delete(trusted_part))
        .layer(axum::middleware::from_fn_with_state(app.clone(), middleware))
        .with_state(app);
}
