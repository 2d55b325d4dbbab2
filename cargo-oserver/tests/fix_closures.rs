//! `cargo oserver fix`: closures, and what is no handler at all.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{fixed, oserver, project};

#[test]
fn what_a_closure_takes_along_becomes_a_parameter_where_the_state_has_it() {
    let before = "\
use axum::Router;
use axum::extract::State;
use axum::routing::get;

fn router(name: String, other: u8) -> Router {
    let shown = Router::new().route(\"/other\", get(move || async move { other.to_string() }));
    Router::new()
        .route(\"/name\", get(move || async move { format!(\"{}\", name) }))
        .merge(shown)
        .with_state(name)
}
";
    let (after, told) = fixed(before);
    assert!(after.contains("get(get_name)"), "{after}{told}");
    assert!(
        after.contains("async fn get_name(State(name): State<String>) -> String {"),
        "{after}{told}"
    );
    assert!(
        after.contains("get(get_other).layer(axum::Extension(other.clone()))"),
        "{after}{told}"
    );
}

/// axum's idiom: the copies that a closure takes along stand in a block around it.
#[test]
fn a_block_that_copies_what_a_closure_takes_along_goes_with_it() {
    let before = "\
use axum::Router;
use axum::routing::{get, post};

#[derive(Clone)]
struct App {
    name: String,
}

fn router(app: App) -> Router {
    Router::new()
        .route(\"/name\", get({
            let app = app.clone();
            move || async move { app.name.to_string() }
        }))
        .route(\"/other\", post({
            let app_of_this = app.clone();
            let unused = std::sync::Arc::new(app.name.clone());
            move || async move { format!(\"{}\", app_of_this.name) }
        }))
        .route(\"/field\", get({
            let name = app.name.clone();
            move || async move { name.to_string() }
        }))
        .route(\"/said\", get({
            // Each request has its own.
            let app = app.clone();
            move || async move { app.name.to_string() }
        }))
        .with_state(app)
}
";
    let (after, told) = fixed(before);
    for part in [
        ".route(\"/name\", get(get_name))",
        "async fn get_name(axum::extract::State(app): axum::extract::State<App>) -> String {",
        "get(get_field).layer(axum::Extension(app.name.clone()))",
        "async fn get_field(axum::Extension(name): axum::Extension<String>) -> String {",
        // More than a copy stands in this one, so it stays.
        "let unused = std::sync::Arc::new(app.name.clone());",
        "// Each request has its own.\n",
    ] {
        assert!(after.contains(part), "{part} is not in\n{after}\n{told}");
    }
    assert_eq!(after.matches("let app = app.clone();").count(), 1, "{after}");
}

#[test]
fn what_no_router_can_give_is_left() {
    let before = "\
use axum::Router;

fn router(other: u8) -> Router {
    Router::new().fallback(move || async move { other.to_string() })
}
";
    let (after, told) = fixed(before);
    assert_eq!(after, before, "{told}");
    assert!(told.contains("[captures]: `{closure in router}`: it captures `other`"), "{told}");
}

/// Where no state has it, the route gets it in a layer, and a middleware as its state.
#[test]
fn what_a_closure_takes_along_and_no_state_has_goes_into_a_layer() {
    let before = "\
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

#[derive(Clone)]
struct Page(Arc<str>);

fn page() -> Page {
    Page(Arc::from(\"page\"))
}

fn router(limit: usize) -> Router {
    let page = page();
    Router::new()
        .route(\"/page\", get(move || async move { page.0.to_string() }))
        .layer(from_fn(move |request, next| async move { limited(limit, request, next).await }))
}

async fn limited(
    limit: usize,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    drop(limit);
    next.run(request).await
}
";
    let (after, told) = fixed(before);
    for part in [
        "get(get_page).layer(axum::Extension(page.clone()))",
        "async fn get_page(axum::Extension(page): axum::Extension<crate::Page>) -> String {",
        "#[derive(Clone, oserver::HandlerState)]\nstruct Page",
        "axum::middleware::from_fn_with_state(limit.clone(), middleware)",
        "axum::extract::State(limit): axum::extract::State<usize>,",
        "request: axum::extract::Request,\n",
        "next: axum::middleware::Next,\n",
    ] {
        assert!(after.contains(part), "{part} is not in\n{after}\n{told}");
    }
}

/// Methods of one name in one module are not each other's callers.
#[test]
fn several_values_of_a_middleware_become_its_state() {
    let before = r#"
use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

struct Site {
    name: String,
}

impl Site {
    fn router(self, account: Option<(String, String)>) -> Router {
        let mut router = Router::new();
        if let Some((user, pass)) = account {
            router = router.layer(from_fn(move |headers, request, next| {
                let user = user.clone();
                let pass = pass.clone();
                async move { allowed(&user, &pass, headers, request, next).await }
            }));
        }
        router.route("/name", axum::routing::get(move || async move { self.name.clone() }))
    }
}

async fn allowed(user: &str, pass: &str, headers: HeaderMap, request: Request, next: Next) -> Response {
    next.run(request).await
}

fn main() {}
"#;
    let (after, told) = fixed(before);
    for part in [
        "axum::middleware::from_fn_with_state((user.clone(), pass.clone()), middleware)",
        "async fn middleware(",
        "axum::extract::State((user, pass)): axum::extract::State<(String, String)>",
    ] {
        assert!(after.contains(part), "{part}: {after}{told}");
    }
    // The type is that of the function which gets it.
    assert!(
        after.contains("headers: HeaderMap,\n    request: axum::extract::Request,"),
        "{after}{told}"
    );
    // A function has no `self`.
    assert!(after.contains("get(move || async move { self.name.clone() })"), "{after}{told}");
    assert!(told.contains("it captures `self`"), "{told}");
}

#[test]
fn a_method_of_the_same_name_is_no_caller() {
    let before = "\
struct Store;

impl Store {
    async fn read(&self) -> &'static str {
        \"\"
    }
}

async fn read() -> &'static str {
    Store.read().await
}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(read))
}
";
    let (after, told) = fixed(before);
    assert!(after.contains("#[oserver::handler]\nasync fn read()"), "{after}{told}");
    assert!(!after.contains("read_handler"), "{after}{told}");
}

/// Neither the connector of a client nor a question to an iterator answers requests.
#[test]
fn closures_that_answer_nobody_are_no_handlers() {
    let before = "\
use axum::http::HeaderMap;

async fn hello(headers: HeaderMap) -> String {
    let any = headers.get_all(\"accept\").iter().any(|value| value.len() > 3);
    any.to_string()
}

async fn connect(endpoint: tonic::transport::Endpoint) {
    let _ = endpoint
        .connect_with_connector(tower::service_fn(|_: axum::http::Uri| async { Ok::<_, std::io::Error>(()) }))
        .await;
}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(hello))
}
";
    let folder = project(&[("lib.rs", before)]);
    let run = oserver(folder.path(), &["handlers", "--format", "json"]);
    let names: Vec<String> =
        run.findings().iter().map(|handler| handler["name"].to_string()).collect();
    assert_eq!(names, ["\"hello\""], "{}", run.stdout);
}

/// One list says which feature knows a type.
#[test]
fn types_that_a_feature_knows_are_not_trusted() {
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\nmoka = \"0.12\"\nurl = \"2\"\n\n[workspace]\n";
    let main = "use axum::extract::State;\n\n#[derive(Clone)]\nstruct App {\n    cache: moka::future::Cache<String, String>,\n    url: url::Url,\n}\n\nasync fn hello(State(_): State<App>) {}\n\nfn router(app: App) -> axum::Router {\n    axum::Router::new().route(\"/\", axum::routing::get(hello)).with_state(app)\n}\n";
    let folder = project(&[("Cargo.toml", manifest), ("src/lib.rs", main)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    assert!(
        after.contains("\"moka-0_12\"") && after.contains("\"url-2\""),
        "{after}{}",
        run.stdout
    );
    let main = std::fs::read_to_string(folder.path().join("src/lib.rs")).unwrap();
    assert!(main.contains("HandlerState") && !main.contains("trusted"), "{main}");
}

/// A supertrait would be asked of a test's implementation as well, which may hold a lock, and of a mock, which takes no
/// derive.
#[test]
fn a_trait_object_that_tests_replace_is_trusted_for_what_its_implementations_hold() {
    let service = |attribute: &str, held: &str, mock: &str| {
        format!(
            "use std::sync::Arc;\n\nuse axum::extract::State;\n\n{attribute}pub trait Store: Send + Sync {{\n    fn title(&self) -> String;\n}}\n\nstruct Files {{\n    root: {held},\n}}\n\nimpl Store for Files {{\n    fn title(&self) -> String {{\n        String::new()\n    }}\n}}\n\n#[derive(Clone)]\nstruct App {{\n    store: Arc<dyn Store>,\n}}\n\nasync fn title(State(app): State<App>) -> String {{\n    app.store.title()\n}}\n\nfn router(app: App) -> axum::Router {{\n    axum::Router::new().route(\"/\", axum::routing::get(title)).with_state(app)\n}}\n\n{mock}"
        )
    };
    let mock = "#[cfg(test)]\nmockall::mock! {\n    Db {}\n    impl Store for Db {\n        fn title(&self) -> String;\n    }\n}\n";
    let trusted = "    #[handler_state(trusted = \"dyn Store: no lock in the sources of `Files`; tests were not read\")]\n    store: Arc<dyn Store>,";
    let fake = "#[cfg(test)]\nmod tests {\n    struct Fake(std::sync::Mutex<u8>);\n\n    impl super::Store for Fake {\n        fn title(&self) -> String {\n            String::new()\n        }\n    }\n}\n";
    let automock = "#[cfg_attr(test, mockall::automock)]\n";
    for (attribute, mock) in [("", mock), ("", fake), (automock, "")] {
        let (after, told) = fixed(&service(attribute, "std::path::PathBuf", mock));
        assert!(after.contains(trusted), "{after}{told}");
        assert!(after.contains("pub trait Store: Send + Sync {"), "{after}{told}");
        assert!(after.contains("#[oserver::handler]\nasync fn title("), "{after}{told}");
    }
    let (after, told) = fixed(&service("", "std::path::PathBuf", ""));
    assert!(
        after.contains("pub trait Store: Send + Sync + oserver::HandlerState {"),
        "{after}{told}"
    );
    assert!(!after.contains("trusted"), "{after}{told}");
    let (after, told) = fixed(&service("", "std::sync::Mutex<String>", mock));
    assert!(!after.contains("trusted") && told.contains("[lock]"), "{after}{told}");
}

const TLS: &str = "\
use axum::Router;
use axum::routing::get;
use tower::Service;

async fn hello() {}

async fn run(acceptor: tokio_rustls::TlsAcceptor) {
    let app = Router::new().route(\"/\", get(hello));
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let tower_service = app.clone();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let socket = hyper_util::rt::TokioIo::new(acceptor.accept(socket).await.unwrap());
            let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                tower_service.clone().call(request)
            });
            let server = hyper::server::conn::http1::Builder::new();
            server.serve_connection(socket, service).await.unwrap();
        });
    }
}
";

/// Between a connection and its router there is nothing to guard, where nothing else is done.
#[test]
fn a_closure_that_only_calls_the_router_is_no_handler_to_be_changed() {
    let (after, told) = fixed(TLS);
    assert!(after.contains("#[oserver::handler]\nasync fn hello() {}"), "{after}{told}");
    assert!(told.contains("its accept loop stays") && !told.contains("service_fn"), "{told}");

    let counts = TLS.replace("tower_service.clone().", "count(&request); tower_service.clone().");
    assert_ne!(counts, TLS);
    let (_, told) = fixed(&counts);
    assert!(
        told.contains("`{closure in run}`: `service_fn` requires its present return type"),
        "{told}"
    );
}

/// aide's methods take a handler, and a function that describes it.
#[test]
fn what_describes_an_operation_is_no_handler() {
    let (after, report) = fixed(
        "\
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::transform::TransformOperation;

async fn list() {}
async fn create() {}

fn docs(op: TransformOperation) -> TransformOperation {
    op.description(\"a list\")
}

fn router() -> ApiRouter {
    ApiRouter::new()
        .api_route(\"/\", get_with(list, docs).post_with(create, |op| op.description(\"one\")))
        .api_route(\"/other\", post_with(create, docs))
}
",
    );
    assert_eq!(after.matches("#[oserver::handler]").count(), 2, "{after}");
    assert!(!report.contains("docs") && !report.contains("closure"), "{report}");
}

/// A module of the function's name, which a body imports, is not what the router gets.
#[test]
fn a_module_of_the_same_name_is_not_imported_in_place_of_the_function() {
    let (after, _) = fixed(
        "\
use axum::Router;
use axum::routing::{get, post};

mod api {
    pub mod write {
        pub struct Done;
    }
}

async fn write() -> String {
    use crate::api::write::{self, Done};
    let _: write::Done = Done;
    String::new()
}

async fn other() -> String {
    write().await
}

fn router() -> Router {
    Router::new().route(\"/\", post(write)).route(\"/other\", get(other))
}
",
    );
    assert!(after.contains("post(write_handler)"), "{after}");
    assert!(after.contains("use crate::api::write::{self, Done};"), "{after}");
}

/// The closure becomes the guarded function, and calls the other one as before.
#[test]
fn a_function_that_only_a_closure_calls_is_not_left() {
    let before = "\
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::get;

#[derive(Clone)]
struct App {
    greeting: String,
}

fn render(page: &str) -> String {
    page.to_owned()
}

async fn load(name: String) -> String {
    name
}

async fn list(State(app): State<App>) -> String {
    app.greeting
}

fn page(app: &App) -> Html<String> {
    Html(app.greeting.clone())
}

async fn both(State(app): State<App>) -> String {
    app.greeting
}

fn router(app: App) -> Router {
    Router::new()
        .route(\"/render\", get(|| async { render(\"a\") }))
        .route(\"/load\", get(|Path(name): Path<String>| async move { load(name).await }))
        .route(\"/list\", get(|state: State<App>| list(state)))
        .route(\"/page\", get(|State(app): State<App>| async move { page(&app) }))
        .route(\"/both\", get(both).post(|state: State<App>| both(state)))
        .with_state(app)
}
";
    let (after, told) = fixed(before);
    assert!(!told.contains("left "), "{after}{told}");
    for part in ["get(get_render)", "get(get_load)", "get(get_list)", "get(get_page)"] {
        assert!(after.contains(part), "{part} is not in\n{after}\n{told}");
    }
    assert!(after.contains("get(both_handler).post(post_both)"), "{after}{told}");
}

/// The audit lists a function beside the closure only if it gets what the closure got.
#[test]
fn a_function_that_gets_the_parts_of_a_request_is_no_handler() {
    let before = "\
use axum::extract::Path;

struct App;

fn render(page: &str) -> String {
    page.to_owned()
}

async fn load(name: String) -> String {
    name
}

async fn list(app: axum::extract::State<std::sync::Arc<App>>) {}

async fn show(path: Path<u8>) {}

fn router() -> axum::Router<std::sync::Arc<App>> {
    axum::Router::new()
        .route(\"/render\", axum::routing::get(|| async { render(\"a\") }))
        .route(\"/load\", axum::routing::get(|Path(name)| async move { load(name).await }))
        .route(\"/show\", axum::routing::get(|path| show(path)))
        .route(\"/list\", axum::routing::get(|app| list(app)))
}
";
    let folder = project(&[("lib.rs", before)]);
    let run = oserver(folder.path(), &["handlers", "--format", "json"]);
    let found = run.findings();
    let mut names: Vec<&str> =
        found.iter().map(|handler| handler["name"].as_str().unwrap()).collect();
    names.retain(|name| !name.starts_with('{'));
    assert_eq!(names, ["list", "show"], "{}", run.stdout);
}

/// A layer's service has no handler of its own, and a generated one calls the methods of a trait.
#[test]
fn a_service_that_answers_nothing_itself_is_not_left() {
    let service = |head: &str, body: &str| {
        format!(
            "{head}use std::task::{{Context, Poll}};\n\nuse axum::extract::Request;\nuse axum::response::Response;\nuse tower::Service;\n\nstruct Timed<S> {{\n    inner: S,\n}}\n\nimpl<S: Service<Request>> Service<Request> for Timed<S> {{\n    type Response = Response;\n    type Error = S::Error;\n    type Future = Pending;\n\n    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {{\n        Poll::Ready(Ok(()))\n    }}\n\n    fn call(&mut self, request: Request) -> Pending {{\n        {body}\n    }}\n}}\n"
        )
    };
    for (head, body, left) in [
        ("", "Pending(self.inner.call(request))", false),
        (
            "",
            "let inner = self.inner.clone();\n        Pending(inner\n            .oneshot(request))",
            false,
        ),
        ("", "tower::Service::call(&mut self.inner, request)", false),
        ("", "let sent = self.inner.send_request(request);\n        Pending(sent)", false),
        ("// This file is @generated by prost-build.\n", "Pending::new(request)", false),
        ("", "Pending::new(request)", true),
    ] {
        let before = service(head, body);
        let (after, told) = fixed(&before);
        assert_eq!(after, before, "{told}");
        assert_eq!(told.contains("[method]: `call`"), left, "{before}{told}");
    }
    let written = service("", "Pending::new(request)").replace("impl<S", "services! { impl<S");
    let before =
        format!("macro_rules! services {{ ($($code:item)*) => {{ $($code)* }} }}\n\n{written}}}\n");
    let (after, told) = fixed(&before);
    assert_eq!(after, before, "{told}");
    assert!(!told.contains("[macro]"), "{before}{told}");
}
