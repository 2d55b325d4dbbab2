//! `cargo oserver fix` adds lines where that is safe, and nothing else anywhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{oserver, sources};

const BEFORE: &str = "\
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

pub struct Config {
    name: String,
    inner: Vec<Inner>,
}

  #[derive(Clone)]
  pub struct Inner(u8);

/// Says hello.
pub async fn hello(
    State(config): State<Arc<Config>>,Path(name): Path<String>)->String { // as it was
    name
}

mod deeper {
\tpub(crate) async fn tabs() {}
}

async fn locked(State(lock): State<Arc<Mutex<u8>>>) {}

async fn pooled(State(pool): State<sqlx::PgPool>) {}

async fn called() -> &'static str { \"\" }

async fn caller() -> &'static str { called().await }

fn router() -> Router {
    Router::new()
        .route(\"/\", get(hello).post(deeper::tabs))
        .route(\"/locked\", get(locked))
        .route(\"/pooled\", get(pooled))
        .route(\"/called\", get(called).post(caller))
        .route(\"/closure\", get(|| async {}))
}
";

#[test]
fn only_what_is_safe_is_annotated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lib.rs");
    std::fs::write(&path, BEFORE).unwrap();
    let run = oserver(folder.path(), &["fix", "--dry-run"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), BEFORE, "a dry run writes nothing");
    assert_eq!(oserver(folder.path(), &["fix"]).stdout, run.stdout);

    let after = BEFORE
        .replace("pub struct Config", "#[derive(oserver::HandlerState)]\npub struct Config")
        .replace("  pub struct Inner", "  #[derive(oserver::HandlerState)]\n  pub struct Inner")
        .replace("pub async fn hello", "#[oserver::handler]\npub async fn hello")
        .replace("\tpub(crate) async fn tabs", "\t#[oserver::handler]\n\tpub(crate) async fn tabs")
        .replace("async fn caller", "#[oserver::handler]\nasync fn caller");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
    for part in [
        "`locked` stays as it is: a lock can be reached from `State<Arc<Mutex<u8>>>`",
        "`pooled` stays as it is: nobody vouches for `sqlx::PgPool`",
        "`called` stays as it is: `caller` calls it and would get a `Guarded`",
        "`{closure in router}` stays as it is: a closure can carry no attribute",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in\n{}", run.stdout);
    }
    let again = oserver(folder.path(), &["fix"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after, "{}", again.stdout);
}

/// The project's own examples without what oserver put on their handlers and state.
fn examples_without_attributes(root: &Path, into: &Path) {
    common::copy(&root.join("examples"), &into.join("examples"));
    for path in sources(&into.join("examples")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let bare = |line: &&str| !line.trim_start().starts_with("#[oserver::handler");
        let lines: Vec<&str> = text.lines().filter(bare).collect();
        let text = lines.join("\n") + "\n";
        let text = text.replace("#[derive(Clone, HandlerState)]", "#[derive(Clone)]");
        std::fs::write(
            &path,
            text.replace("#[derive(HandlerState)]\n", "").replace("HandlerState, ", ""),
        )
        .unwrap();
    }
}

#[test]
fn examples_compile_again() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    examples_without_attributes(&root, folder.path());
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("[dev-dependencies]\n").unwrap();
    let dependencies = rest.split("\n[").next().unwrap();
    let dependencies =
        dependencies.replace("path = \".\"", &format!("path = {:?}", root.to_str().unwrap()));
    let head = "[package]\nname = \"copied\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dev-dependencies]\n";
    std::fs::write(folder.path().join("Cargo.toml"), format!("{head}{dependencies}\n")).unwrap();
    std::fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    std::fs::write(folder.path().join("src/lib.rs"), "").unwrap();

    let run = oserver(folder.path(), &["fix"]);
    assert!(run.stdout.contains("added examples/quickstart.rs"), "{}", run.stdout);
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--examples", "--quiet"])
        .current_dir(folder.path())
        // What the dependencies were built to is there already.
        .env("CARGO_TARGET_DIR", root.join("target"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{told}", run.stdout);
}
