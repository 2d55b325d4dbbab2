//! After `cargo oserver fix` a workspace compiles as it did before, whatever ends the command.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{fixed_and_checked, oserver};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap()
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

const WORKSPACE: &str = "\
[workspace]
members = [\"app\", \"data\"]
resolver = \"2\"

[workspace.dependencies]
# The router.
axum = { version = \"0.8\", default-features = false, features = [\"matched-path\"] }
data = { path = \"data\" }
tokio = { version = \"1.54\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }
";

const APP: &str = "\
[package]
name = \"app\"
version = \"0.1.0\"
edition = \"2021\"

[dependencies]
axum.workspace = true # of the workspace
data.workspace = true
tokio.workspace = true
";

const MAIN: &str = "\
use std::sync::mpsc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::routing::get;
use axum::Router;
use data::Catalogue;

/// A type that no handler can have: the annotation is taken back.
struct Inbox(mpsc::Sender<u8>, std::marker::PhantomData<std::any::TypeId>, std::alloc::Layout);

impl<S: Send + Sync> FromRequestParts<S> for Inbox {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let layout = std::alloc::Layout::new::<u8>();
        Ok(Self(mpsc::channel().0, std::marker::PhantomData, layout))
    }
}

async fn title(State(catalogue): State<Catalogue>) -> String {
    catalogue.title
}

async fn inbox(_: Inbox) -> &'static str {
    \"inbox\"
}

async fn shown() -> String {
    twice(title_of).await
}

async fn title_of() -> String {
    String::from(\"title\")
}

async fn twice<F: std::future::Future<Output = String>>(of: impl Fn() -> F) -> String {
    of().await + &title_of().await
}

fn router(catalogue: Catalogue) -> Router {
    Router::new()
        .route(\"/title\", get(title))
        .route(\"/inbox\", get(inbox))
        .route(\"/shown\", get(shown))
        .route(\"/of\", get(title_of))
        .route(\"/ping\", get(|| async { \"pong\" }))
        .with_state(catalogue)
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();
    axum::serve_or_not(listener, router(Catalogue::default())).await;
}
";

const DATA: &str = "\
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub title: String,
}
";

#[test]
fn what_does_not_compile_is_taken_back_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // `axum::serve` is a feature that the dependencies of the tests do without.
    let main = MAIN.replace(
        "    axum::serve_or_not(listener, router(Catalogue::default())).await;\n",
        "    drop((listener, router(Catalogue::default())));\n",
    );
    write(at, "Cargo.toml", WORKSPACE);
    write(at, "app/Cargo.toml", APP);
    write(at, "app/src/main.rs", &main);
    write(
        at,
        "data/Cargo.toml",
        "[package]\nname = \"data\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n",
    );
    write(at, "data/src/lib.rs", DATA);

    let told = fixed_and_checked(at, &["--format", "json"]);

    let after = read(at, "app/src/main.rs");
    for part in [
        "#[oserver::handler]\nasync fn title(",
        "#[oserver::handler]\nasync fn shown(",
        "#[oserver::handler]\nasync fn title_of_handler() -> String {\n    title_of().await\n}",
        "get(title_of_handler)",
        "#[oserver::handler]\nasync fn get_ping() -> &'static str {\n    \"pong\"\n}",
        "#[oserver::main]\nasync fn main()",
        "\nasync fn inbox(_: Inbox)",
    ] {
        assert!(after.contains(part), "{part} is not in\n{after}\n{told}");
    }
    assert!(!after.contains("#[oserver::handler]\nasync fn inbox"), "{after}");
    let reverted = told.lines().filter(|line| line.contains("\"action\":\"reverted\""));
    let reverted: Vec<&str> = reverted.collect();
    assert!(reverted.iter().any(|line| line.contains("\"handler\":\"inbox\"")), "{told}");
    assert!(
        read(at, "data/src/lib.rs").contains("Default, oserver_state::HandlerState)]"),
        "{told}"
    );
    assert!(read(at, "data/Cargo.toml").contains("oserver-state = { path ="), "{told}");
    let app = read(at, "app/Cargo.toml");
    assert!(app.contains("axum.workspace = true # of the workspace\n"), "{app}");
    assert!(app.contains("oserver.workspace = true\n"), "{app}");
    assert!(read(at, "Cargo.toml").contains("# The router.\naxum ="), "{told}");

    let check = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--workspace", "--all-targets"])
        .current_dir(at)
        .env("CARGO_TARGET_DIR", root().join("target/fixed"))
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

/// Where cargo does not get as far as the compiler, nothing is changed.
#[test]
fn on_an_error_of_its_own_it_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\nnowhere = { path = \"nowhere\" }\n\n[workspace]\n";
    let main = "async fn hello() {}\n\nfn main() {\n    let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get(hello));\n}\n";
    write(folder.path(), "Cargo.toml", manifest);
    write(folder.path(), "src/main.rs", main);
    let run = oserver(folder.path(), &["fix", "--allow-dirty"]);
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("nothing was changed"), "{}", run.stderr);
    assert_eq!(read(folder.path(), "src/main.rs"), main);
    assert_eq!(read(folder.path(), "Cargo.toml"), manifest);
}

fn texts(folder: &Path) -> BTreeMap<PathBuf, String> {
    let paths = common::sources(folder).into_iter();
    paths
        .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.strip_prefix(folder).unwrap().to_owned(), text)
        })
        .collect()
}

#[test]
fn a_kill_in_the_middle_leaves_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let (before, whole, killed) =
        (folder.path().join("before"), folder.path().join("whole"), folder.path().join("killed"));
    for number in 0..40 {
        let text = format!(
            "async fn hello_{number}(axum::extract::State(name): axum::extract::State<String>) -> String {{\n    name\n}}\n"
        );
        write(&before, &format!("src/m{number}.rs"), &text);
    }
    common::copy(&before, &whole);
    common::copy(&before, &killed);
    let run = oserver(&whole, &["fix", "--allow-dirty", "--no-check"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (old, new) = (texts(&before), texts(&whole));
    assert!(old.iter().all(|(path, text)| new[path] != *text), "each file is changed");

    let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-oserver"))
        .args(["oserver", "fix", "--allow-dirty", "--no-check"])
        .current_dir(&killed)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // As soon as one file is another one.
    let deadline = Instant::now() + Duration::from_secs(120);
    let changed = |path: &PathBuf| std::fs::read_to_string(killed.join(path)).unwrap() != old[path];
    while !old.keys().any(changed) && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
        assert!(Instant::now() < deadline, "nothing was written");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for (path, text) in texts(&killed) {
        assert!(text == old[&path] || text == new[&path], "{}: {text}", path.display());
    }
}
