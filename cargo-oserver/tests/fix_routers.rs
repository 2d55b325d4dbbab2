//! `cargo oserver fix --router oserver`: routers of oserver where all of their handlers are guarded.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{fixed_and_checked, oserver, project};

const MANIFEST: &str = "\
[package]
name = \"app\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
axum = { version = \"0.8\", default-features = false, features = [\"matched-path\"] }
tokio = { version = \"1.54\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }

[workspace]
";

const MAIN: &str = "\
mod pages;
mod served;
mod uploads;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};

#[derive(Clone, Default)]
pub struct Config {
    title: String,
}

async fn title(State(config): State<Config>) -> String {
    config.title
}

fn app(config: Config) -> Router {
    Router::new()
        .route(\"/title\", get(title).post(post_title))
        .route(\"/ping\", post(|| async { \"pong\" }))
        .nest(\"/pages\", pages::router())
        .fallback(title)
        .method_not_allowed_fallback(title)
        .with_state(config)
}

async fn post_title() {}

#[tokio::main]
async fn main() {
    served::all(app(Config::default()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one() {
        drop(app(Config::default()));
    }
}
";

const PAGES: &str = "\
use axum::routing::get;

pub fn router() -> axum::Router<crate::Config> {
    axum::Router::new().route(\"/{id}\", get(page))
}

async fn page() -> &'static str {
    \"page\"
}
";

const UPLOADS: &str = "\
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;

type Uploads = Arc<Mutex<Vec<String>>>;

pub fn router() -> Router {
    Router::new().route(\"/\", post(upload)).with_state(Uploads::default())
}

async fn upload(State(uploads): State<Uploads>, text: String) {
    uploads.lock().unwrap().push(text);
}
";

/// It takes either router.
const SERVED: &str = "\
pub fn all<R>(app: R) {
    drop((app, crate::uploads::router()));
}
";

fn app() -> tempfile::TempDir {
    project(&[
        ("Cargo.toml", MANIFEST),
        ("src/main.rs", MAIN),
        ("src/pages.rs", PAGES),
        ("src/served.rs", SERVED),
        ("src/uploads.rs", UPLOADS),
    ])
}

#[test]
fn routers_with_guarded_handlers_alone_become_oservers() {
    let folder = app();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let told = fixed_and_checked(folder.path(), &["--router", "oserver"]);
    let main = read("src/main.rs");
    for part in [
        "use axum::extract::State;\nuse oserver::{\n    Router,\n    routing::{get, post},\n};\n",
        ".route(\"/ping\", post(post_ping))",
    ] {
        assert!(main.contains(part), "{part} is not in\n{main}\n{told}");
    }
    let pages = PAGES
        .replace("axum::routing", "oserver::routing")
        .replace("axum::Router", "oserver::Router")
        .replace("async fn page", "#[oserver::handler]\nasync fn page");
    assert_eq!(read("src/pages.rs"), pages, "{told}");
    assert_eq!(read("src/uploads.rs"), UPLOADS, "{told}");
    for part in [
        "router    src/main.rs:5: `axum::Router` became `oserver::Router`",
        "left      src/uploads.rs:10 [router]: the router stays axum's: `upload` is not guarded",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    let again =
        oserver(folder.path(), &["fix", "--router", "oserver", "--allow-dirty", "--no-check"]);
    assert_eq!(read("src/main.rs"), main, "{}", again.stdout);
    assert_eq!(read("src/pages.rs"), pages, "{}", again.stdout);
}

#[test]
fn without_the_option_routers_stay() {
    let folder = app();
    let run = oserver(folder.path(), &["fix", "--dry-run"]);
    assert!(!run.stdout.contains("oserver::Router"), "{}", run.stdout);
}

fn left(main: &str) -> String {
    let folder = project(&[("Cargo.toml", MANIFEST), ("src/main.rs", main)]);
    let run =
        oserver(folder.path(), &["fix", "--router", "oserver", "--format", "json", "--dry-run"]);
    let left: Vec<_> = run
        .findings()
        .into_iter()
        .filter(|object| object["reason"] == "router")
        .map(|object| object["message"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(left.len(), 1, "{}{}", run.stdout, run.stderr);
    left[0].clone()
}

#[test]
fn what_oservers_router_does_not_have_is_the_reason() {
    let around = |more: &str| {
        format!(
            "use axum::Router;\nuse axum::routing::{{get, get_service}};\n\nasync fn hello() {{}}\n\nfn app() -> Router {{\n    Router::new().route(\"/\", get(hello)){more}\n}}\n\nfn main() {{\n    drop(app());\n}}\n"
        )
    };
    let plain = |more: &str| around(more).replace("{get, get_service}", "get");
    assert_eq!(
        left(&plain(".nest_service(\"/files\", files())")),
        "the router stays axum's: `oserver::Router` has no `nest_service`"
    );
    assert_eq!(
        left(&around("")),
        "the router stays axum's: `oserver::routing` has no `get_service`"
    );
    assert_eq!(
        left(&plain(".route(\"/made\", get(made(1)))")),
        "the router stays axum's: `made(1)` is not a function that can be guarded here"
    );
    let commented =
        plain("").replace("use axum::Router;", "use axum::{\n    // The router.\n    Router,\n};");
    assert_eq!(left(&commented), "the router stays axum's: its imports contain a comment");
}

/// Where another file has a router that must stay, those that it is merged with stay as well.
#[test]
fn routers_that_meet_stay_together() {
    let main = "mod uploads;\n\nuse axum::Router;\nuse axum::routing::get;\n\nasync fn hello() {}\n\nfn main() {\n    drop::<Router>(Router::new().route(\"/\", get(hello)).merge(uploads::router()));\n}\n";
    let folder =
        project(&[("Cargo.toml", MANIFEST), ("src/main.rs", main), ("src/uploads.rs", UPLOADS)]);
    let run = oserver(folder.path(), &["fix", "--router", "oserver", "--dry-run"]);
    assert!(!run.stdout.contains("oserver::Router"), "{}", run.stdout);
    assert!(run.stdout.contains("src/uploads.rs:10 [router]"), "{}", run.stdout);
}

/// The compiler sees what names do not tell: the router is taken back, its handlers stay guarded.
#[test]
fn a_router_that_does_not_compile_is_taken_back_alone() {
    let main = "use axum as web;\nuse axum::Router;\nuse axum::routing::get;\n\nasync fn hello() {}\n\nfn app() -> Router {\n    Router::new().route(\"/\", get(hello))\n}\n\nfn taken(router: web::Router) -> web::Router {\n    router\n}\n\nfn main() {\n    drop(taken(app()));\n}\n";
    let folder = project(&[("Cargo.toml", MANIFEST), ("src/main.rs", main)]);
    let told = fixed_and_checked(folder.path(), &["--router", "oserver"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    assert!(after.contains("#[oserver::handler]\nasync fn hello"), "{after}\n{told}");
    assert!(after.contains("use axum::Router;\n"), "{after}\n{told}");
    assert!(told.contains("reverted  src/main.rs:2 [compile-error]"), "{told}");
}
