//! `cargo oserver fix` changes what it can, and nothing else anywhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{oserver, sources};
use tempfile::TempDir;

/// A folder with these files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A loose file, and what becomes of it.
fn fixed(before: &str) -> (String, String) {
    let folder = project(&[("lib.rs", before)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("lib.rs")).unwrap();
    (after, run.stdout + &run.stderr)
}

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

async fn foreign(State(pool): State<somewhere::Pool>) {}

async fn called() -> &'static str { \"\" }

async fn caller() -> &'static str { called().await }

fn router() -> Router {
    Router::new()
        .route(\"/\", get(hello).post(deeper::tabs))
        .route(\"/locked\", get(locked))
        .route(\"/foreign\", get(foreign))
        .route(\"/called\", get(called).post(caller))
        .route(\"/closure\", get(|| async {}))
}
";

#[test]
fn each_kind_of_edit_changes_its_own_lines() {
    let (after, told) = fixed(BEFORE);
    let expected = BEFORE
        .replace("pub struct Config", "#[derive(oserver::HandlerState)]\npub struct Config")
        .replace("#[derive(Clone)]", "#[derive(Clone, oserver::HandlerState)]")
        .replace("pub async fn hello", "#[oserver::handler]\npub async fn hello")
        .replace("\tpub(crate) async fn tabs", "\t#[oserver::handler]\n\tpub(crate) async fn tabs")
        .replace("async fn caller", "#[oserver::handler]\nasync fn caller")
        .replace(
            "async fn called() -> &'static str { \"\" }\n",
            "async fn called() -> &'static str { \"\" }\n\n/// [`called`] for the router: guarded.\n#[oserver::handler]\nasync fn called_handler() -> &'static str {\n    called().await\n}\n",
        )
        .replace("get(called)", "get(called_handler)")
        .replace("get(|| async {})", "get(get_closure)");
    let expected = format!("{expected}\n#[oserver::handler]\nasync fn get_closure() {{}}\n");
    assert_eq!(after, expected, "{told}");
    for part in [
        "[lock]: `locked`: a lock (`std::sync::Mutex`) can be reached from `State<Arc<Mutex<u8>>>`",
        "[unknown-type]: `foreign`: oserver does not know `somewhere::Pool`",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
}

#[test]
fn a_second_run_has_nothing_to_do() {
    let (after, _) = fixed(BEFORE);
    let (again, told) = fixed(&after);
    assert_eq!(again, after, "{told}");
    assert!(told.contains("0 handlers are guarded"), "{told}");
}

#[test]
fn line_ends_are_kept() {
    let crlf = BEFORE.replace('\n', "\r\n");
    let (after, _) = fixed(&crlf);
    let (unix, _) = fixed(BEFORE);
    assert_eq!(after, unix.replace('\n', "\r\n"));
}

#[test]
fn a_dry_run_prints_a_diff_and_writes_nothing() {
    let folder = project(&[("lib.rs", BEFORE)]);
    let run = oserver(folder.path(), &["fix", "--dry-run"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("lib.rs")).unwrap(), BEFORE);
    for line in ["--- a/lib.rs", "+++ b/lib.rs", "+#[oserver::handler]", "-  #[derive(Clone)]"] {
        assert!(run.stdout.lines().any(|known| known == line), "{line} is not in\n{}", run.stdout);
    }
}

#[test]
fn what_cannot_be_got_back_is_refused() {
    let folder = project(&[("lib.rs", BEFORE)]);
    let run = oserver(folder.path(), &["fix"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("is in no git repository"), "{}", run.stderr);
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@localhost"])
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "-q"]);
    let run = oserver(folder.path(), &["fix"]);
    assert!(run.stderr.contains("?? lib.rs") && run.status == 2, "{}", run.stderr);
    git(&["add", "."]);
    git(&["commit", "-qm", "a"]);
    let run = oserver(folder.path(), &["fix", "--no-check"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_ne!(std::fs::read_to_string(folder.path().join("lib.rs")).unwrap(), BEFORE);
}

#[test]
fn json_has_one_object_for_each_change_and_decision() {
    let folder = project(&[("lib.rs", BEFORE)]);
    let run = oserver(folder.path(), &["fix", "--dry-run", "--format", "json"]);
    let objects = run.findings();
    let find = |action: &str, handler: &str| {
        objects.iter().find(|object| object["action"] == action && object["handler"] == handler)
    };
    let hello = find("annotated", "hello").unwrap();
    assert_eq!((hello["file"].as_str(), hello["line"].as_u64()), (Some("lib.rs"), Some(16)));
    assert_eq!(find("left", "locked").unwrap()["reason"], "lock");
    assert_eq!(find("left", "foreign").unwrap()["reason"], "unknown-type");
    assert!(find("split", "called").is_some());
    assert!(find("closure", "{closure in router}").is_some());
    assert!(objects.iter().any(|object| object["action"] == "derived"));
}

#[test]
fn what_macros_write_is_told_and_not_touched() {
    let before = "\
macro_rules! handlers {
    ($($name:ident),*) => { $(async fn $name() {})* };
}
handlers!(one, two);

my_items! {
    async fn inside(axum::extract::State(name): axum::extract::State<String>) {}
}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(one).post(inside))
}
";
    let (after, told) = fixed(before);
    assert_eq!(after, before, "{told}");
}

#[test]
fn an_extractor_with_a_response_in_it_is_no_state() {
    let before = "\
use axum::response::Redirect;

struct Back(Redirect);

async fn back(Back(redirect): Back) -> Redirect {
    redirect
}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(back))
}
";
    let (after, told) = fixed(before);
    assert!(after.contains("#[derive(oserver::HandlerParam)]\nstruct Back"), "{after}{told}");
}

/// The framework's version decides before anything else does.
#[test]
fn axum_07_is_told_to_be_updated_first() {
    let manifest = "[package]\nname = \"old\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.7\"\n\n[workspace]\n";
    let main = "async fn hello() {}\n\nfn main() {\n    let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get(hello));\n}\n";
    let folder = project(&[("Cargo.toml", manifest), ("src/main.rs", main)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    assert!(run.stdout.contains("needs axum 0.8"), "{}{}", run.stdout, run.stderr);
    assert_eq!(std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap(), main);
    assert_eq!(std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap(), manifest);
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

    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    assert!(run.stdout.contains("annotated examples/quickstart.rs"), "{}", run.stdout);
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
    assert!(told.contains("[captures]: `{closure in router}`: it takes `other` along"), "{told}");
}

#[test]
fn a_renamed_dependency_keeps_its_name() {
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nweb = { package = \"axum\", version = \"0.8\" }\nguard = { package = \"oserver\", version = \"0.1\" }\n\n[workspace]\n";
    let main = "use web::extract::State;\n\n#[derive(Clone)]\nstruct Name(String);\n\nasync fn hello(State(name): State<Name>) -> String {\n    name.0\n}\n\nfn main() {\n    let _ = web::Router::new().route(\"/\", web::routing::get(hello)).with_state(Name(String::new()));\n}\n";
    let folder = project(&[("Cargo.toml", manifest), ("src/main.rs", main)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    let told = format!("{after}\n{}{}", run.stdout, run.stderr);
    assert!(after.contains("#[guard::handler(crate = guard)]\nasync fn hello"), "{told}");
    assert!(after.contains("#[derive(Clone, guard::HandlerState)]"), "{told}");
    assert!(after.contains("#[handler_state(crate = guard)]\nstruct Name"), "{told}");
    assert_eq!(std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap(), manifest);
}

#[test]
fn handlers_tell_what_was_read_of_other_crates() {
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nother = { path = \"other\" }\n\n[workspace]\n";
    let main = "async fn hello(axum::extract::State(name): axum::extract::State<other::Name>) {}\n\nfn main() {}\n";
    let folder = project(&[
        ("Cargo.toml", manifest),
        ("src/main.rs", main),
        (
            "other/Cargo.toml",
            "[package]\nname = \"other\"\nversion = \"0.1.0\"\n\n[dependencies]\nunread = \"1\"\n",
        ),
        ("other/src/lib.rs", "pub struct Name(unread::Part);\n"),
    ]);
    let run = oserver(folder.path(), &["handlers", "--format", "json"]);
    let handler = &run.findings()[0];
    let found = &handler["state"][0]["dependencies"][0];
    assert_eq!(found["type"], "unread::Part", "{handler}");
    assert_eq!(found["verdict"], "unknown", "{handler}");
    assert!(found["message"].as_str().unwrap().contains("cargo fetch"), "{handler}");
    assert!(run.stderr.contains("run `cargo fetch`"), "{}", run.stderr);
}
