//! `cargo oserver fix`: the plans of locks, `main` and `serve`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{fixed, fixed_and_checked, oserver, project};

#[test]
fn each_lock_has_a_plan() {
    let before = "\
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use axum::extract::State;

struct App {
    hits: Mutex<u64>,
    prices: RwLock<HashMap<String, u32>>,
    carts: tokio::sync::Mutex<Vec<String>>,
    database: Mutex<rusqlite::Connection>,
}

async fn buy(State(app): State<Arc<App>>) -> String {
    *app.hits.lock().unwrap() += 1;
    let price = app.prices.read().unwrap().get(\"a\").copied();
    let mut carts = app.carts.lock().await;
    carts.push(\"a\".to_owned());
    notify().await;
    app.database.lock().unwrap().execute(\"…\", []).unwrap();
    format!(\"{price:?}\")
}

async fn set(State(app): State<Arc<App>>) {
    app.prices.write().unwrap().insert(\"a\".to_owned(), 1);
}

async fn notify() {}
";
    let folder = project(&[("lib.rs", before)]);
    let run = oserver(folder.path(), &["fix", "--dry-run", "--format", "json"]);
    let objects = run.findings();
    let plan = |field: &str| {
        let what = format!("App.{field}:");
        let is = |object: &&serde_json::Value| {
            object["plan"]["what"].as_str().is_some_and(|text| text.starts_with(&what))
        };
        let found = objects.iter().find(is).unwrap_or_else(|| panic!("{field}: {}", run.stdout));
        assert_eq!(found["action"], "left");
        assert_eq!(found["reason"], "lock");
        found["plan"].clone()
    };
    assert_eq!(plan("hits")["shape"], "atomic");
    assert_eq!(plan("prices")["shape"], "snapshot");
    assert_eq!(plan("prices")["handlers"].as_array().unwrap().len(), 2);
    assert_eq!(plan("database")["shape"], "pool");
    let carts = plan("carts");
    assert_eq!(carts["shape"], "actor");
    assert_eq!(carts["takers"][0]["across_await"], true, "{carts}");
    assert_eq!(carts["takers"][0]["under"], serde_json::json!(["push"]), "{carts}");
    assert!(carts["code"].as_str().unwrap().contains("#[oserver::actor]"), "{carts}");
}

/// `main` and `serve`, with what their arguments allow.
#[test]
fn servers_are_taken_where_their_arguments_allow_it() {
    let before = "\
use axum::Router;
use axum::routing::get;
use tokio::net::{TcpListener, UnixListener};

async fn hello() {}

async fn tcp(address: std::net::SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).await?;
    axum::serve(listener, Router::new().route(\"/\", get(hello)).into_make_service())
        .with_graceful_shutdown(std::future::pending())
        .await?;
    Ok(())
}

async fn unix() -> std::io::Result<()> {
    let listener = UnixListener::bind(\"a.sock\")?;
    axum::serve(listener, Router::new()).await
}

#[tokio::main]
async fn main() {}
";
    let (after, told) = fixed(before);
    for part in [
        "use tokio::net::UnixListener;\n",
        "oserver::bind(address.to_string()).await?",
        "oserver::serve(listener, Router::new().route(\"/\", get(hello)))",
        "    .with_graceful_shutdown(std::future::pending())\n        .await?;",
        "let listener = UnixListener::bind(\"a.sock\")?;\n    oserver::serve(oserver::BoundListener::from(listener), Router::new()).await.map_err(std::io::Error::other)",
        "#[oserver::main]\nasync fn main() {}",
    ] {
        let plain = after.replace("\n        .map_err", ".map_err").replace(".await\n", ".await");
        assert!(after.contains(part) || plain.contains(part), "{part} is not in\n{after}\n{told}");
    }
    assert!(!told.contains("[server]"), "{told}");
}

/// The listener comes from elsewhere; its type shows what it is.
#[test]
fn a_listener_that_is_bound_elsewhere_is_handed_on() {
    let before = "\
use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, UnixListener};

async fn hello() {}

struct Server {
    listener: TcpListener,
    unix: UnixListener,
    router: Router,
}

impl Server {
    async fn new() -> std::io::Result<Self> {
        let listener = TcpListener::bind(\"127.0.0.1:0\").await?;
        Ok(Self { listener, unix: UnixListener::bind(\"a\")?, router: Router::new().route(\"/\", get(hello)) })
    }

    async fn run(self) -> std::io::Result<()> {
        axum::serve(self.listener, self.router).await
    }

    async fn unix(self) -> std::io::Result<()> {
        axum::serve(self.unix, self.router).await
    }
}

async fn given(listener: TcpListener, app: Router) {
    axum::serve(listener, app.into_make_service()).await.unwrap();
}

async fn tapped(listener: TcpListener, app: Router) {
    axum::serve(listener.tap_io(|_| {}), app).await.unwrap();
}

async fn any<L: axum::serve::Listener>(listener: L, app: Router) where L::Addr: std::fmt::Debug {
    axum::serve(listener, app).await.unwrap();
}

async fn socket() -> anyhow::Result<TcpListener> {
    Ok(TcpListener::bind(\"127.0.0.1:0\").await?)
}

async fn made(app: Router) -> anyhow::Result<()> {
    let listener = socket().await?;
    axum::serve(listener, app).with_graceful_shutdown(async {}).await?;
    Ok(())
}

async fn inherited(listener: std::net::TcpListener, app: Router) {
    axum::serve(TcpListener::from_std(listener).unwrap(), app).await.unwrap();
}
";
    let (after, told) = fixed(before);
    for part in [
        "oserver::serve(oserver::BoundListener::from(self.listener), self.router).await.map_err(std::io::Error::other)",
        "oserver::serve(oserver::BoundListener::from(self.unix), self.router)",
        "oserver::serve(oserver::BoundListener::from(listener), app).await.unwrap();\n}\n\nasync fn tapped",
        "axum::serve(listener.tap_io(|_| {}), app)",
        "where L::Addr: std::fmt::Debug {\n    axum::serve(listener, app)",
        "oserver::serve(oserver::BoundListener::from(listener), app).with_graceful_shutdown(async {})",
        "oserver::serve(oserver::BoundListener::from(TcpListener::from_std(listener).unwrap()), app)",
    ] {
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert!(squeezed(&after).contains(&squeezed(part)), "{part} is not in\n{after}\n{told}");
    }
    assert_eq!(told.matches("is not known to be tokio's `TcpListener` or").count(), 2, "{told}");
}

/// `axum::serve` gave an `std::io::Error`: where that is wanted, or something is made of it, there still is one.
#[test]
fn the_error_of_a_server_goes_the_way_that_it_went() {
    let function = |output: &str, end: &str| {
        format!(
            "async fn hello() {{}}\n\nasync fn serve(app: axum::Router, stop: tokio::sync::oneshot::Receiver<()>){output} {{\n    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();\n    let app = app.route(\"/\", axum::routing::get(hello));\n    axum::serve(listener, app).with_graceful_shutdown(async move {{ stop.await.ok(); }}).await{end}\n}}\n"
        )
    };
    let io = ".map_err(std::io::Error::other)";
    for (output, end, mapped) in [
        ("", ".unwrap();", ""),
        ("", ";", ""),
        (" -> Result<(), Box<dyn std::error::Error>>", "?;\n    Ok(())", ""),
        (" -> anyhow::Result<()>", "?;\n    Ok(())", ""),
        (" -> anyhow::Result<()>", ".context(\"a\")?;\n    Ok(())", ""),
        (" -> Result<(), Failure>", "?;\n    Ok(())", io),
        (" -> Result<(), Failure>", ".map_err(Failure::Io)?;\n    Ok(())", io),
        (" -> Result<(), Failure>", ".map_err(|error| error.to_string())?;\n    Ok(())", ""),
        (" -> std::io::Result<()>", "?;\n    Ok(())", io),
        (" -> std::io::Result<()>", "", io),
    ] {
        let before = function(output, end);
        let (after, told) = fixed(&before);
        let plain: String = after.split_whitespace().collect();
        let wanted: String = format!("}}).await{mapped}{end}").split_whitespace().collect();
        assert!(plain.contains(&wanted), "{output} {end}: {after}{told}");
    }
}

/// The argument of `axum::serve` is made of a router before, and for nothing else.
#[test]
fn a_service_that_is_made_before_is_the_router_again() {
    let before = "\
async fn hello() {}

async fn one(app: axum::Router) {
    let app = app.route(\"/\", axum::routing::get(hello));
    let service = app.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    axum::serve(listener, service).await.unwrap();
}

async fn two(app: axum::Router) {
    let service = app.into_make_service();
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    let other = service.clone();
    axum::serve(listener, service).await.unwrap();
    drop(other);
}

async fn three(app: axum::Router) {
    let service = app.into_make_service_with_connect_info::<Peer>();
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    axum::serve(listener, service).await.unwrap();
}
";
    let (after, told) = fixed(before);
    assert!(after.contains("    let service = app;\n"), "{after}{told}");
    assert!(after.contains("    let service = app.into_make_service();\n"), "{after}{told}");
    assert_eq!(after.matches("oserver::serve(listener, service)").count(), 2, "{after}{told}");
    assert!(after.contains("axum::serve(listener, service)"), "{after}{told}");
    assert!(told.contains("and no other type"), "{told}");
}

#[test]
fn an_address_that_is_text_stays_as_it_is() {
    for (made, bound, wanted) in [
        ("format!(\"0.0.0.0:{port}\")", "&addr", "&addr"),
        ("\"0.0.0.0:1\"", "addr", "addr"),
        ("port.to_string()", "addr", "addr"),
        ("std::net::SocketAddr::from(([0, 0, 0, 0], port))", "&addr", "addr.to_string()"),
        ("of(\"a\")", "addr", "addr.to_string()"),
    ] {
        let before = format!(
            "async fn hello() {{}}\n\nasync fn serve(port: u16) {{\n    let addr = {made};\n    let listener = tokio::net::TcpListener::bind({bound}).await.unwrap();\n    let app = axum::Router::new().route(\"/\", axum::routing::get(hello));\n    axum::serve(listener, app).await.unwrap();\n}}\n"
        );
        let (after, told) = fixed(&before);
        assert!(after.contains(&format!("oserver::bind({wanted}).await")), "{made}: {after}{told}");
    }
}

/// A type of one's own about the connection is shared by the requests of the connection.
#[test]
fn the_type_of_a_connection_is_state() {
    let before = "\
use axum::extract::ConnectInfo;

#[derive(Clone)]
struct Peer {
    name: String,
}

async fn hello(ConnectInfo(peer): ConnectInfo<Peer>) -> String {
    peer.name
}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(hello))
}
";
    let (after, told) = fixed(before);
    assert!(
        after.contains("#[derive(Clone, oserver::HandlerState)]\nstruct Peer"),
        "{after}{told}"
    );
    assert!(after.contains("#[oserver::handler]\nasync fn hello("), "{after}{told}");
}

/// `select!` and similar macros have futures as arguments.
#[test]
fn a_server_in_a_macro_is_taken() {
    let before = "\
async fn hello() {}

async fn serve(app: axum::Router, stop: tokio::sync::oneshot::Receiver<()>) {
    let app = app.route(\"/\", axum::routing::get(hello));
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    tokio::select! {
        _ = axum::serve(listener, app.into_make_service()) => {}
        _ = stop => {}
    }
}

async fn two(one: axum::Router, two: axum::Router) {
    let first = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    let second = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    let (one, two) = tokio::join!(axum::serve(first, one).into_future(), async {
        axum::serve(second, two).await
    });
    one.and(two).unwrap();
}
";
    let (after, told) = fixed(before);
    for part in [
        "_ = oserver::serve(listener, app) => {}",
        "tokio::join!(oserver::serve(first, one).into_future(), async {\n        oserver::serve(second, two).await\n",
    ] {
        assert!(after.contains(part), "{part} is not in\n{after}\n{told}");
    }
    assert_eq!(after.matches("= oserver::bind(\"127.0.0.1:0\")").count(), 3, "{after}{told}");
}

#[test]
fn a_runtime_of_another_flavour_stays() {
    let before = "\
async fn hello(axum::extract::State(name): axum::extract::State<String>) -> String {
    name
}

#[tokio::main(flavor = \"current_thread\")]
async fn main() {}
";
    let (after, told) = fixed(before);
    assert!(after.contains("#[tokio::main(flavor = \"current_thread\")]"), "{after}");
    assert!(told.contains("[server]: `#[tokio::main("), "{told}");
}

const HYPER: &str = "\
use std::convert::Infallible;
use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

async fn hello(request: Request<hyper::body::Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.map(|body| body.to_bytes());
    Ok(Response::new(Full::new(body.unwrap_or_default())))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let io = TokioIo::new(stream);
        tokio::task::spawn(async move {
            if let Err(error) = http1::Builder::new().serve_connection(io, service_fn(hello)).await {
                eprintln!(\"{error}\");
            }
        });
    }
}
";

const HYPER_MANIFEST: &str = "\
[package]
name = \"looping\"
version = \"0.1.0\"
edition = \"2021\"

[dependencies]
http-body-util = \"0.1\"
hyper = { version = \"1\", features = [\"http1\", \"server\"] }
hyper-util = { version = \"0.1\", features = [\"tokio\"] }
tokio = { version = \"1.54\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }

[workspace]
";

#[test]
fn an_accept_loop_of_hyper_becomes_serve() {
    let (after, told) = fixed(HYPER);
    for part in [
        "    let listener = oserver::bind(address.to_string()).await?;\n    oserver::serve(listener, hello).await?;\n    Ok(())\n}\n",
        "#[oserver::handler]\nasync fn hello(request: oserver::Request) -> Result<Response<Full<Bytes>>, Infallible> {",
        "#[oserver::main]\nasync fn main()",
    ] {
        assert!(after.contains(part), "{part} is not in\n{after}\n{told}");
    }
    let (again, told) = fixed(&after);
    assert_eq!(again, after, "{told}");
}

#[test]
fn a_loop_that_serves_a_router_gives_it_to_serve() {
    let before = "\
use axum::Router;
use axum::routing::get;
use tower::Service;

async fn hello() {}

async fn run() {
    let app = Router::new().route(\"/\", get(hello));
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let tower_service = app.clone();
        tokio::spawn(async move {
            let socket = hyper_util::rt::TokioIo::new(socket);
            let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                tower_service.clone().call(request)
            });
            if let Err(error) = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new())
                .serve_connection_with_upgrades(socket, service)
                .await
            {
                eprintln!(\"{error}\");
            }
        });
    }
}
";
    let (after, told) = fixed(before);
    assert!(
        after.contains("    oserver::serve(listener, app).await.unwrap();\n}\n"),
        "{after}{told}"
    );
    assert!(!told.contains("service_fn"), "{told}");
}

/// A loop that does more than to spawn and to serve is a person's.
#[test]
fn other_accept_loops_stay() {
    for (from, to) in [
        (
            "let io = TokioIo::new(stream);",
            "let io = TokioIo::new(acceptor.accept_tls(stream).await?);",
        ),
        (
            "let io = TokioIo::new(stream);",
            "let io = TokioIo::new(acceptor.accept(stream).await?);",
        ),
        ("let io = TokioIo::new(stream);", "let io = TokioIo::new(Counted::new(stream));"),
        ("let io = TokioIo::new(stream);", "let io = TokioIo::new(Counted(stream));"),
        ("service_fn(hello)", "service_fn(|request| app.clone().call(renamed(request)))"),
        (
            "let io = TokioIo::new(stream);",
            "if draining() { break; }\n        let io = TokioIo::new(stream);",
        ),
        ("service_fn(hello)", "service_fn(|request| hello(request))"),
    ] {
        let before = HYPER.replace(from, to);
        assert_ne!(before, HYPER);
        let (after, told) = fixed(&before);
        assert!(after.contains("    loop {\n"), "{to}: {after}{told}");
        assert!(after.contains("Request<hyper::body::Incoming>"), "{to}: {after}{told}");
    }
}

#[test]
fn a_service_of_hyper_compiles_afterwards() {
    let folder = project(&[("Cargo.toml", HYPER_MANIFEST), ("src/main.rs", HYPER)]);
    let told = fixed_and_checked(folder.path(), &[]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    assert!(after.contains("oserver::serve(listener, hello)"), "{after}{told}");
    assert!(after.contains("#[oserver::handler]") && !told.contains("reverted"), "{after}{told}");
}

/// Another package with all names of a module around it imports none of this one's.
#[test]
fn an_import_that_only_another_package_names_goes() {
    let manifest = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\ntokio = \"1\"\n"
        )
    };
    let main = "use axum::{Router, routing::get};\nuse tokio::net::TcpListener;\n\nasync fn hello() {}\n\n#[tokio::main]\nasync fn main() {\n    let listener = TcpListener::bind(\"127.0.0.1:0\").await.unwrap();\n    axum::serve(listener, Router::new().route(\"/\", get(hello))).await.unwrap();\n}\n";
    let other = "pub fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n    use tokio::net::TcpListener;\n    fn g(_: TcpListener) { f() }\n}\n";
    let folder = project(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n"),
        ("a/Cargo.toml", &manifest("a")),
        ("a/src/main.rs", main),
        ("b/Cargo.toml", &manifest("b")),
        ("b/src/lib.rs", other),
    ]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let after = read("a/src/main.rs");
    assert!(
        after.contains("oserver::bind(\"127.0.0.1:0\")"),
        "{after}\n{}{}",
        run.stdout,
        run.stderr
    );
    assert!(!after.contains("TcpListener"), "{after}");
    assert_eq!(read("b/src/lib.rs"), other);
}

/// No parentheses around what needs none before a method.
#[test]
fn an_address_that_is_a_call_is_text_without_parentheses() {
    let before = "use axum::{Router, routing::get};\n\nasync fn hello() {}\n\nasync fn run() {\n    let listener = tokio::net::TcpListener::bind(ADDRESS).await.unwrap();\n    axum::serve(listener, Router::new().route(\"/\", get(hello))).await.unwrap();\n}\n";
    for (address, text) in [
        (
            "SocketAddr::from(([127, 0, 0, 1], 0))",
            "SocketAddr::from(([127, 0, 0, 1], 0)).to_string()",
        ),
        ("&config.address()", "config.address().to_string()"),
        ("a + b", "(a + b).to_string()"),
        ("f(a) + g(b)", "(f(a) + g(b)).to_string()"),
        ("*address", "(*address).to_string()"),
    ] {
        let (after, told) = fixed(&before.replace("ADDRESS", address));
        assert!(after.contains(&format!("oserver::bind({text})")), "{address}: {after}\n{told}");
    }
}

/// A package with a service and other programs: only what serves gets the runtime.
#[test]
fn programs_that_serve_nothing_keep_their_main() {
    let folder = project(&[
        (
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\ntokio = { version = \"1\", features = [\"full\"] }\n",
        ),
        (
            "src/lib.rs",
            "\
use axum::Router;
use axum::routing::get;

pub async fn hello() {}

pub async fn migrate() {}

pub async fn run() {
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    axum::serve(listener, Router::new().route(\"/\", get(hello))).await.unwrap();
}

#[cfg(all(test, unix))]
mod tests {
    use axum::Router;

    async fn served(router: Router) {
        let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
        axum::serve(listener, router).await.unwrap();
    }
}
",
        ),
        ("src/bin/served.rs", "#[tokio::main]\nasync fn main() {\n    app::run().await;\n}\n"),
        (
            "src/bin/migrate.rs",
            "#[tokio::main]\nasync fn main() {\n    work().await;\n}\n\nasync fn work() {}\n",
        ),
        ("examples/client.rs", "#[tokio::main]\nasync fn main() {}\n"),
    ]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("src/bin/served.rs").contains("#[oserver::main]"), "{}", run.stdout);
    for name in ["src/bin/migrate.rs", "examples/client.rs"] {
        assert!(read(name).contains("#[tokio::main]"), "{name}: {}", run.stdout);
    }
    let library = read("src/lib.rs");
    assert_eq!(library.matches("oserver::serve(").count(), 1, "{library}");
    assert!(library.contains("        axum::serve(listener, router).await"), "tests: {library}");
}

#[test]
fn a_package_with_one_program_has_its_main_changed_wherever_it_serves() {
    let folder = project(&[
        (
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\ntokio = { version = \"1\", features = [\"full\"] }\n",
        ),
        (
            "src/main.rs",
            "mod web;\n\n#[tokio::main]\nasync fn main() {\n    unknown::start(web::router()).await;\n}\n",
        ),
        (
            "src/web.rs",
            "pub async fn hello() {}\n\npub fn router() -> axum::Router {\n    axum::Router::new().route(\"/\", axum::routing::get(hello))\n}\n",
        ),
    ]);
    oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let main = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    assert!(main.contains("#[oserver::main]"), "{main}");
}

/// The guard answers a panic before the layer, whose response clients had, and has its own deadline.
#[test]
fn a_layer_whose_work_the_guard_does_first_is_named() {
    let service = |import: &str, layer: &str| {
        format!(
            "{import}async fn hello() {{}}\n\nfn router() -> axum::Router {{\n    axum::Router::new().route(\"/\", axum::routing::get(hello)).layer({layer})\n}}\n"
        )
    };
    let import = "use tower_http::catch_panic::CatchPanicLayer;\n\n";
    let alias = "use tower_http::catch_panic::CatchPanicLayer as Panics;\n\n";
    let glob = "use tower_http::catch_panic::*;\n\n";
    let other = "use crate::layers::CatchPanicLayer;\n\n";
    let own = "async fn guard(request: Request, next: Next) -> Response {\n    match AssertUnwindSafe(next.run(request)).catch_unwind().await {\n        Ok(response) => response,\n        Err(_) => page(),\n    }\n}\n\n";
    let others = "async fn guard(job: Job) -> bool {\n    AssertUnwindSafe(job.finish(1)).catch_unwind().await.is_ok()\n}\n\n";
    let from_fn = "axum::middleware::from_fn(guard)";
    for (import, layer, line) in [
        ("", "tower_http::catch_panic::CatchPanicLayer::custom(page)", Some(4)),
        (import, "CatchPanicLayer::custom(page)", Some(6)),
        (alias, "Panics::custom(page)", Some(6)),
        (glob, "CatchPanicLayer::custom(page)", Some(6)),
        (own, from_fn, Some(2)),
        ("", "tower_http::timeout::TimeoutLayer::new(Duration::from_secs(60))", Some(4)),
        (
            "",
            "tower_http::timeout::TimeoutLayer::with_status_code(gone, Duration::from_mins(2))",
            Some(4),
        ),
        ("", "tower_http::timeout::TimeoutLayer::new(Duration::from_millis(30_000))", None),
        ("", "tower_http::timeout::TimeoutLayer::new(limit)", None),
        ("", "RequestBodyTimeoutLayer::new(Duration::from_secs(60))", None),
        // Clients get an answer of 500, as from the guard.
        (import, "CatchPanicLayer::new()", None),
        (other, "CatchPanicLayer::custom(page)", None),
        (others, from_fn, None),
    ] {
        let before = service(import, layer);
        let (after, told) = fixed(&before);
        let named = told.lines().find(|line| line.contains("[layer]"));
        match line {
            Some(line) => {
                let place = format!("lib.rs:{line} ");
                assert!(named.is_some_and(|named| named.contains(&place)), "{before}{told}");
            }
            None => assert_eq!(named, None, "{before}{told}"),
        }
        let (again, told) = fixed(&after);
        assert_eq!(again, after, "{told}");
        assert!(!told.contains("[layer]"), "{told}");
    }
}

/// A layer of a test answers no client.
#[test]
fn a_layer_of_a_test_is_not_named() {
    let before = "\
async fn hello() {}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(hello))
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn hears_of_panics() {
        super::router().layer(tower_http::catch_panic::CatchPanicLayer::custom(page));
    }
}

#[tokio::test]
async fn hears_of_panics() {
    router().layer(tower_http::catch_panic::CatchPanicLayer::custom(page));
}
";
    let (after, told) = fixed(before);
    assert!(after.contains("#[oserver::handler]"), "{after}{told}");
    assert!(!told.contains("[layer]"), "{told}");
}

/// A closure that stays is one decision; the functions that get its request are none.
#[test]
fn functions_that_the_handler_of_hyper_calls_are_not_left() {
    let before = "\
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};

async fn users(request: &Request<Incoming>, name: &str) -> Response<Full<Bytes>> {
    Response::new(Full::new(Bytes::from(name.to_owned())))
}

fn health(request: &Request<Incoming>) -> Option<Response<Full<Bytes>>> {
    None
}

async fn connection(io: hyper_util::rt::TokioIo<tokio::net::TcpStream>, name: String) {
    let service = service_fn(|request: Request<Incoming>| {
        let name = name.clone();
        async move {
            if let Some(response) = health(&request) {
                return Ok(response);
            }
            Ok::<_, std::convert::Infallible>(users(&request, &name).await)
        }
    });
    hyper::server::conn::http1::Builder::new().serve_connection(io, service).await.unwrap();
}
";
    let (after, told) = fixed(before);
    assert_eq!(after, before, "{told}");
    assert_eq!(told.matches("[framework]").count(), 1, "{told}");
    assert!(told.contains("{closure in connection}"), "{told}");
}
