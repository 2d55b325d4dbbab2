//! `cargo oserver fix` and what manifests say: names of dependencies, and whole packages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{oserver, project, sources};

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
        // The dependencies are already built in this folder.
        .env("CARGO_TARGET_DIR", root.join("target"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{told}", run.stdout);
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

/// Without the feature `ConnectInfo` has nothing to extract, and each request would be answered with 500.
#[test]
fn addresses_of_peers_need_their_feature() {
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\ntokio = \"1\"\n\n[workspace]\n";
    let served = |app: &str| {
        format!(
            "async fn peer(axum::extract::ConnectInfo(peer): axum::extract::ConnectInfo<std::net::SocketAddr>) -> String {{\n    peer.to_string()\n}}\n\n#[tokio::main]\nasync fn main() {{\n    let app = axum::Router::new().route(\"/\", axum::routing::get(peer));\n    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();\n    axum::serve(listener, {app}).await.unwrap();\n}}\n"
        )
    };
    for app in [
        "app.into_make_service_with_connect_info::<SocketAddr>()",
        "app\n        .into_make_service_with_connect_info::<std::net::SocketAddr>()",
    ] {
        let folder = project(&[("Cargo.toml", manifest), ("src/main.rs", &served(app))]);
        let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let told = format!("{}\n{}{}", read("src/main.rs"), run.stdout, run.stderr);
        assert!(read("src/main.rs").contains("oserver::serve(listener, app).await"), "{told}");
        let expected = "oserver = { version = \"0.1\", features = [\"connect-info\"] }\n";
        assert!(read("Cargo.toml").contains(expected), "{}\n{told}", read("Cargo.toml"));
    }
}
