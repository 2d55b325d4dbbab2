//! `cargo oserver fix` where oserver needs other versions than the workspace has.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Run, project};
use tempfile::TempDir;

const MAIN: &str = "\
async fn hello() -> &'static str {
    dated::said()
}

fn main() {
    let _ = axum::Router::new().route(\"/\", axum::routing::get(hello));
}
";

const LOCK: &str = "\
version = 4

[[package]]
name = \"app\"
version = \"0.1.0\"
dependencies = [
 \"axum\",
 \"dated\",
]

[[package]]
name = \"axum\"
version = \"0.8.9\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"

[[package]]
name = \"dated\"
version = \"1.0.0\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"
";

/// Both versions of `dated` are at hand; a crate with the name of oserver needs the newer one.
fn app(requirement: &str, dated_1_1: &str) -> TempDir {
    let package = |name: &str, version: &str, rest: &str| {
        format!("[package]\nname = {name:?}\nversion = {version:?}\nedition = \"2021\"\n{rest}")
    };
    let app = package(
        "app",
        "0.1.0",
        &format!(
            "\n[dependencies]\naxum = \"0.8\"\ndated = {requirement:?}\n\n[workspace]\nexclude = [\"oserver\"]\n"
        ),
    );
    let axum = "pub struct Router;\nimpl Router {\n    pub fn new() -> Self { Router }\n    pub fn route<H>(self, _: &str, _: H) -> Self { self }\n}\npub mod routing {\n    pub fn get<H>(handler: H) -> H { handler }\n}\n";
    let oserver = package("oserver", "0.1.0", "\n[dependencies]\ndated = \"1.1\"\n\n[workspace]\n");
    let checksum = "{\"files\":{}}";
    project(&[
        (
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"here\"\n\n[source.here]\ndirectory = \"here\"\n",
        ),
        ("Cargo.toml", &app),
        ("Cargo.lock", LOCK),
        ("src/main.rs", MAIN),
        ("oserver/Cargo.toml", &oserver),
        ("oserver/src/lib.rs", ""),
        ("here/axum/Cargo.toml", &package("axum", "0.8.9", "")),
        ("here/axum/src/lib.rs", axum),
        ("here/axum/.cargo-checksum.json", checksum),
        ("here/dated-1.0.0/Cargo.toml", &package("dated", "1.0.0", "")),
        ("here/dated-1.0.0/src/lib.rs", "pub fn said() -> &'static str {\n    \"old\"\n}\n"),
        ("here/dated-1.0.0/.cargo-checksum.json", checksum),
        ("here/dated-1.1.0/Cargo.toml", &package("dated", "1.1.0", "")),
        ("here/dated-1.1.0/src/lib.rs", dated_1_1),
        ("here/dated-1.1.0/.cargo-checksum.json", checksum),
    ])
}

fn fix(folder: &Path) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-oserver"))
        .args(["oserver", "fix", "--allow-dirty", "--oserver-path", "oserver", "src"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    Run {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code().unwrap(),
    }
}

fn is_as_it_was(folder: &Path, manifest: &str) {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("src/main.rs"), MAIN);
    assert_eq!(read("Cargo.lock"), LOCK);
    assert_eq!(read("Cargo.toml"), manifest);
}

#[test]
fn a_newer_version_that_breaks_the_workspace_is_the_reason() {
    let folder = app("1", "pub fn says() {}\n");
    let manifest = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    let run = fix(folder.path());
    let told = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.status, 0, "{told}");
    for part in [
        "left      src/main.rs:1 [dependency]: `hello`",
        "oserver needs newer versions than `Cargo.lock` has (dated 1.0.0 → 1.1.0), and with them alone `app` does not compile",
        "cannot find function `said`",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    assert!(!told.contains("reverted"), "{told}");
    is_as_it_was(folder.path(), &manifest);
}

#[test]
fn a_version_that_the_workspace_excludes_is_told() {
    let folder = app("=1.0.0", "pub fn said() -> &'static str {\n    \"new\"\n}\n");
    let manifest = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    let run = fix(folder.path());
    let told = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.status, 2, "{told}");
    for part in [
        "`dated = \"=1.0.0\"` of package `app",
        "oserver needs another version of a package than this workspace requires: change the requirement first",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    is_as_it_was(folder.path(), &manifest);
}
