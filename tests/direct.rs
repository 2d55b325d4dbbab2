//! Handlers of static paths are called without axum's router. Nobody can tell: each request gets what axum's router
//! gives it, and is counted under the same route.

mod common;

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::middleware::map_response;
use common::{TestServer, run};
use http_body_util::BodyExt;
use hyper::{Method, Request, StatusCode, header};
use oserver::extract::{MatchedPath, OriginalUri, Path, Query, State};
use oserver::routing::{any, get, post};
use oserver::{HandlerState, Router};
use tower::ServiceExt;

#[derive(Clone, HandlerState)]
struct Shop {
    name: &'static str,
}

#[oserver::handler]
async fn nothing() {}

#[oserver::handler]
async fn text() -> &'static str {
    "text"
}

#[oserver::handler]
async fn name(State(shop): State<Shop>) -> &'static str {
    shop.name
}

#[oserver::handler]
async fn query(Query(query): Query<BTreeMap<String, String>>) -> Json<BTreeMap<String, String>> {
    Json(query)
}

#[oserver::handler]
async fn echo(State(shop): State<Shop>, method: Method, body: String) -> String {
    format!("{} {method} {body}", shop.name)
}

#[oserver::handler]
async fn sum(Json(numbers): Json<Vec<u32>>) -> String {
    numbers.iter().sum::<u32>().to_string()
}

#[oserver::handler]
async fn pattern(pattern: MatchedPath) -> String {
    pattern.as_str().to_owned()
}

#[oserver::handler]
async fn uri(OriginalUri(uri): OriginalUri) -> String {
    uri.to_string()
}

#[oserver::handler]
async fn item(Path(item): Path<String>) -> String {
    item
}

#[oserver::handler]
async fn missing() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "nothing is here")
}

async fn mark<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    response.headers_mut().insert("x-layer", header::HeaderValue::from_static("seen"));
    response
}

fn router() -> Router {
    let nested = Router::new()
        .route("/", get(text))
        .route("/pattern", get(pattern))
        .route("/echo", post(echo).put(echo).patch(echo).delete(echo))
        .route("/{item}", get(item));
    let layered = Router::new().route("/layered", get(text)).layer(map_response(mark));
    let with_state = Router::new().route("/other", get(name)).with_state(Shop { name: "other" });
    Router::new()
        .route("/", get(text))
        .route("/nothing", get(nothing))
        .route("/name", get(name).post(echo))
        .route("/query", get(query))
        .route("/sum", post(sum))
        .route("/uri", get(uri))
        .route("/any", any(text))
        .route("/inner", get(text).layer(map_response(mark)).post(echo))
        .route("/{item}", get(item))
        .nest("/nested", nested.clone())
        .nest("/of/{item}", nested)
        .merge(layered)
        .merge(with_state)
        .fallback(missing)
        .with_state(Shop { name: "shop" })
}

/// Status, headers that do not differ by time or request, and body.
type Seen = (StatusCode, Vec<(String, String)>, String);

fn seen<'a>(
    status: StatusCode,
    headers: impl Iterator<Item = (&'a header::HeaderName, &'a header::HeaderValue)>,
    body: &[u8],
) -> Seen {
    let headers = headers.filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    let text = |value: &header::HeaderValue| value.to_str().expect("text").to_owned();
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), text(value))).collect();
    headers.sort();
    (status, headers, String::from_utf8_lossy(body).into_owned())
}

async fn by_axum(method: &Method, path: &str, body: &'static str) -> Seen {
    let request = Request::builder().method(method).uri(path).header("content-type", JSON);
    let request = request.body(Body::from(body)).expect("a request");
    let response = router().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    seen(parts.status, parts.headers.iter(), &body)
}

const JSON: &str = "application/json";

#[test]
fn every_request_gets_what_the_router_of_axum_gives_it() {
    run(async {
        let server = TestServer::start(router()).await;
        let mut client = server.connect().await;
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"];
        let paths = [
            "/",
            "//",
            "/nothing",
            "/nothing/",
            "/name",
            "/%6eame",
            "/name?x=1",
            "/query?a=1&b=%20",
            "/query",
            "/sum",
            "/uri?q",
            "/any",
            "/inner",
            "/item",
            "/nested",
            "/nested/",
            "/nested/pattern",
            "/nested/echo",
            "/nested/item",
            "/of/it/echo",
            "/of/it/pattern",
            "/layered",
            "/other",
            "/no/such",
            "/nested/no/such",
        ];
        for path in paths {
            for method in methods.map(|name| name.parse::<Method>().expect("a method")) {
                for body in ["", "[1,2]", "{"] {
                    let request = Request::builder().method(&method).uri(path);
                    let request = request.header("content-type", JSON);
                    let reply = client.request(request, body).await;
                    let own = seen(reply.status, reply.headers.iter(), &reply.body);
                    assert_eq!(own, by_axum(&method, path, body).await, "{method} {path} {body}");
                }
            }
        }
    });
}

#[test]
fn what_is_called_directly_is_counted_under_its_path() {
    run(async {
        let server = TestServer::start(router()).await;
        for (path, route) in [
            ("/name", "GET /name"),
            ("/nested/item", "GET /nested/{item}"),
            ("/nested/pattern", "GET /nested/pattern"),
            ("/other", "GET /other"),
            ("/layered", "GET /layered"),
        ] {
            server.get(path).await;
            assert_eq!(server.route(route).requests, 1, "{route}");
        }
        let mut client = server.connect().await;
        client.request(Request::post("/nested/echo"), "").await;
        assert_eq!(server.route("POST /nested/echo").requests, 1);
    });
}
