//! The serve targets, and the routes under which their requests are counted.

mod common;

use std::convert::Infallible;

use common::{TestServer, run};
use hyper::{Method, Request, StatusCode};
use oserver::extract::{Path, State};
use oserver::response::{IntoResponse, Response};
use oserver::routing::{any, get};
use oserver::{RequestId, Router};
use tower::{Service, ServiceExt};

#[oserver::handler]
async fn hello(Path(name): Path<String>) -> String {
    format!("Hello, {name}!")
}

#[oserver::handler]
async fn ok() -> &'static str {
    "ok"
}

#[oserver::handler]
async fn fails(Path(text): Path<String>) -> oserver::Result<String> {
    let number: u16 = text.parse()?;
    Ok(number.to_string())
}

#[test]
fn each_route_is_counted_by_method_and_pattern() {
    run(async {
        let users = Router::new().route("/{name}", get(hello).post(hello));
        let router = Router::new()
            .nest("/v1/users", users.clone())
            .nest("/v2/users", users)
            .route("/any", any(ok))
            .fallback(ok);
        let server = TestServer::start(router).await;
        let mut client = server.connect().await;
        for (method, path) in [
            (Method::GET, "/v1/users/ada"),
            (Method::GET, "/v1/users/bob"),
            (Method::POST, "/v1/users/ada"),
            (Method::GET, "/v2/users/ada"),
            (Method::PUT, "/any"),
            (Method::GET, "/no/such/path"),
        ] {
            let reply = client.request(Request::builder().method(method).uri(path), "").await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
        }
        for (route, requests) in [
            ("GET /v1/users/{name}", 2),
            ("POST /v1/users/{name}", 1),
            ("GET /v2/users/{name}", 1),
            ("PUT /any", 1),
            ("GET (fallback)", 1),
        ] {
            assert_eq!(server.route(route).requests, requests, "{route}");
        }
    });
}

#[oserver::handler]
async fn other_methods() -> (StatusCode, &'static str) {
    (StatusCode::METHOD_NOT_ALLOWED, "read it")
}

#[oserver::handler]
async fn panics() {
    panic!("no such method")
}

#[test]
fn a_method_that_no_handler_takes_has_a_fallback_of_its_own() {
    run(async {
        let nested = Router::new().route("/menu", get(ok)).method_not_allowed_fallback(panics);
        let router = Router::new()
            .route("/{name}", get(hello))
            .method_not_allowed_fallback(other_methods)
            .nest("/nested", nested);
        let server = TestServer::start(router).await;
        let mut client = server.connect().await;
        let mut delete = async |path: &str| {
            let request = Request::builder().method(Method::DELETE).uri(path);
            client.request(request, "").await
        };
        let reply = delete("/ada").await;
        assert_eq!((reply.status, reply.text()), (StatusCode::METHOD_NOT_ALLOWED, "read it"));
        assert_eq!(delete("/nested/menu").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(server.get("/ada").await.text(), "Hello, ada!");
        assert_eq!(server.route("DELETE /{name}").requests, 1);
        assert_eq!(server.route("DELETE /nested/menu").panics, 1);
    });
}

#[test]
fn a_service_stands_in_an_axum_router_beside_a_guarded_one() {
    run(async {
        let file = tower::service_fn(|request: oserver::Request| async move {
            Ok::<_, Infallible>(format!("file {}", request.uri().path()).into_response())
        });
        let guarded = Router::new().route("/users/{name}", get(hello));
        let router = axum::Router::new().nest_service("/files", file).fallback_service(guarded);
        let server = TestServer::start(router).await;
        assert_eq!(server.get("/files/a.css").await.text(), "file /a.css");
        assert_eq!(server.get("/users/ada").await.text(), "Hello, ada!");
        assert_eq!(server.get("/users").await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.route("GET /users/{name}").requests, 1);
    });
}

#[test]
fn one_router_on_two_servers_is_counted_by_each() {
    run(async {
        let router = Router::new().route("/{name}", get(hello));
        let (one, two) = (TestServer::start(router.clone()).await, TestServer::start(router).await);
        one.get("/ada").await;
        one.get("/bob").await;
        two.get("/ada").await;
        assert_eq!(one.route("GET /{name}").requests, 2);
        assert_eq!(two.route("GET /{name}").requests, 1);
    });
}

#[test]
fn an_error_is_a_500_that_says_nothing_internal() {
    run(async {
        let server = TestServer::start(Router::new().route("/{text}", get(fails))).await;
        assert_eq!(server.get("/7").await.text(), "7");
        let reply = server.get("/seven").await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert!(!reply.text().contains("digit"), "{}", reply.text());
        assert_eq!(server.route("GET /{text}").errors, 1);
    });
}

#[test]
fn a_plain_axum_router_is_served_with_guarded_and_other_handlers() {
    run(async {
        let router = axum::Router::new()
            .route("/guarded", axum::routing::get(ok))
            .route("/plain", axum::routing::get(|| async { "plain" }))
            .route("/panic", axum::routing::get(|| async { panic!("unguarded") as &str }));
        let server = TestServer::start(router).await;
        let mut client = server.connect().await;
        assert_eq!(client.get("/guarded").await.text(), "ok");
        assert_eq!(client.get("/plain").await.text(), "plain");
        assert_eq!(client.get("/panic").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(client.get("/guarded").await.text(), "ok");
        let panics: u64 = server.counts.routes().iter().map(|route| route.panics).sum();
        assert_eq!(panics, 1);
    });
}

#[test]
fn any_tower_service_is_served() {
    run(async {
        let service = tower::service_fn(|request: oserver::Request| async move {
            match request.uri().path() {
                "/fails" => Err("the service failed"),
                path => Ok(path.to_owned()),
            }
        });
        let server = TestServer::start(service).await;
        assert_eq!(server.get("/path").await.text(), "/path");
        assert_eq!(server.get("/fails").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    });
}

/// The shape of a service that does its own routing.
#[oserver::handler]
async fn api(request: oserver::Request) -> Response {
    match request.uri().path() {
        "/users" => {
            oserver::route("list users").await;
            "users".into_response()
        }
        "/panic" => {
            oserver::route("panics");
            panic!("on purpose")
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[test]
fn a_single_handler_is_served_and_names_its_routes() {
    run(async {
        let server = TestServer::start(api).await;
        let mut client = server.connect().await;
        assert_eq!(client.get("/users").await.text(), "users");
        assert_eq!(client.get("/panic").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        for path in 0..1000 {
            assert_eq!(client.get(&format!("/{path}")).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(server.route("list users").requests, 1);
        assert_eq!(server.route("panics").panics, 1);
        let others = server
            .counts
            .routes()
            .into_iter()
            .filter(|route| route.route.starts_with("other paths"));
        let requests: Vec<_> = others.map(|route| route.requests).collect();
        assert!(requests.len() <= 64, "{requests:?}");
        assert_eq!(requests.iter().sum::<u64>(), 1000);
    });
}

async fn not_annotated(request: oserver::Request) -> Result<&'static str, StatusCode> {
    match request.uri().path() {
        "/" => Ok("root"),
        _ => panic!("before its first await"),
    }
}

#[test]
fn a_single_handler_without_the_attribute_has_the_runtimes_half() {
    run(async {
        let server = TestServer::start(not_annotated).await;
        let mut client = server.connect().await;
        assert_eq!(client.get("/").await.text(), "root");
        assert_eq!(client.get("/panic").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(client.get("/").await.text(), "root");
    });
}

/// Not ready at first, and then once for each time it was asked.
#[derive(Clone, Default)]
struct ReadyLater {
    asked: bool,
}

impl Service<oserver::Request> for ReadyLater {
    type Response = &'static str;
    type Error = Infallible;
    type Future = std::future::Ready<Result<&'static str, Infallible>>;

    fn poll_ready(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        if std::mem::replace(&mut self.asked, true) {
            return std::task::Poll::Ready(Ok(()));
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    }

    fn call(&mut self, _: oserver::Request) -> Self::Future {
        assert!(self.asked, "called before it was ready");
        std::future::ready(Ok("ready"))
    }
}

#[test]
fn a_service_that_is_not_ready_is_waited_for() {
    run(async {
        let server = TestServer::start(ReadyLater::default()).await;
        let mut client = server.connect().await;
        assert_eq!(client.get("/").await.text(), "ready");
        assert_eq!(client.get("/").await.text(), "ready");
    });
}

#[oserver::handler]
async fn id(id: RequestId, State(prefix): State<&'static str>) -> String {
    format!("{prefix}{id}")
}

#[test]
fn a_valid_request_id_is_kept_and_another_replaced() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(id)).with_state("id=")).await;
        let mut client = server.connect().await;
        let given = client.request(Request::get("/").header("x-request-id", "abc-123"), "").await;
        assert_eq!((given.header("x-request-id"), given.text()), ("abc-123", "id=abc-123"));
        let bad = client.request(Request::get("/").header("x-request-id", "no spaces"), "").await;
        let (first, second) = (client.get("/").await, client.get("/").await);
        let ids = [&bad, &first, &second].map(|reply| reply.header("x-request-id").to_owned());
        assert!(ids.iter().all(|id| id.len() > 16 && !id.contains(' ')), "{ids:?}");
        assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
        assert_eq!(first.text(), format!("id={}", ids[1]));
    });
}

#[test]
fn a_router_works_with_oneshot() {
    run(async {
        let router = Router::new().route("/{name}", get(hello));
        let request = Request::get("/ada").body(String::new()).unwrap();
        let response: Response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    });
}

#[test]
fn an_address_without_a_port_says_what_to_write() {
    run(async {
        let error = oserver::bind("localhost").await.unwrap_err().to_string();
        assert!(error.contains("`localhost`") && error.contains("127.0.0.1:8080"), "{error}");
        let taken = oserver::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let error = oserver::bind(&address).await.unwrap_err().to_string();
        assert!(error.contains(&address), "{error}");
    });
}
