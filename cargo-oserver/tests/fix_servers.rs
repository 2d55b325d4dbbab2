//! `cargo oserver fix`: the plans of locks, `main` and `serve`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{fixed, oserver, project};

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
        ".await.map_err(anyhow::Error::msg)?",
        "let listener = UnixListener::bind(\"a.sock\")?;\n    axum::serve(listener, Router::new()).await",
        "#[oserver::main]\nasync fn main() {}",
    ] {
        let plain = after.replace("\n        .map_err", ".map_err").replace(".await\n", ".await");
        assert!(after.contains(part) || plain.contains(part), "{part} is not in\n{after}\n{told}");
    }
    assert!(told.contains("[server]: `listener` is no `TcpListener`"), "{told}");
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
