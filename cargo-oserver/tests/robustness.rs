//! Each unreadable file gets one message, and the rest is audited.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::audit;

const HANDLER: &str = "\
use std::sync::{Arc, Mutex};
use axum::extract::State;
async fn handler(State(lock): State<Arc<Mutex<u8>>>) {}
fn main() { let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get(handler)); }
";

fn package(folder: &Path) {
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = "[package]\nname = \"a\"\nversion = \"0.0.0\"\n[dependencies]\naxum = \"0.8\"\n[workspace]\n";
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.join("src/main.rs"), HANDLER).unwrap();
}

/// Writes one more file, and expects one message about it beside the finding in the rest.
fn check(name: &str, content: &[u8], message: &str) {
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    std::fs::write(folder.path().join("src").join(name), content).unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:3"], "{}", run.stdout);
    let told: Vec<_> =
        run.findings().into_iter().filter(|finding| finding["lint"] == "unreadable-file").collect();
    assert_eq!(told.len(), 1, "{}", run.stdout);
    assert_eq!(told[0]["path"], format!("src/{name}"));
    let words = told[0]["message"].as_str().unwrap();
    assert!(words.contains(message), "{words}");
    assert_eq!(run.status, 1);
}

#[test]
fn a_file_that_does_not_parse() {
    check("broken.rs", b"fn f() {\n    let x = ;\n}\n", "expected");
}

#[test]
fn a_delimiter_that_is_never_closed() {
    check("open.rs", b"fn f() {\n    (\n", "never closed");
}

#[test]
fn a_string_that_never_ends() {
    check("string.rs", b"const A: &str = \"a", "never ends");
}

#[test]
fn a_file_that_is_too_large() {
    check("huge.rs", &vec![b' '; (8 << 20) + 1], "larger than 8 MiB");
}

#[test]
fn delimiters_that_nest_too_deep() {
    let content = format!("const A: () = {}{};", "(".repeat(50_000), ")".repeat(50_000));
    check("deep.rs", content.as_bytes(), "nest deeper");
}

#[test]
fn operators_that_nest_too_deep() {
    let content = format!("const A: bool = {}true;", "!".repeat(500_000));
    check("deep.rs", content.as_bytes(), "nests too deep");
}

#[test]
fn what_nests_as_deep_as_it_may_is_read() {
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    let deep = [
        format!("const A: bool = {}true;", "!".repeat(3_900)),
        format!("const A: u8 = 1{};", " + 1".repeat(1_900)),
        format!("type A = {}u8{};", "B<".repeat(1_200), ">".repeat(1_200)),
        format!("fn f() {{ if a {{}} {} }}", "else if a {} ".repeat(700)),
        format!("fn f() {{ let _ = {}1; }}", "|a| ".repeat(1_200)),
        format!("fn f() {{ println!(); x{}; }}", ".f()".repeat(900)),
        format!("const A: () = {}(){};", "(".repeat(190), ")".repeat(190)),
    ];
    for (content, number) in deep.iter().zip(0..) {
        std::fs::write(folder.path().join(format!("src/deep{number}.rs")), content).unwrap();
    }
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("unreadable-file"), Vec::<String>::new(), "{}", run.stdout);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:3"]);
}

#[test]
fn invalid_utf8() {
    check("bytes.rs", b"// \xff\n", "UTF-8");
}

#[cfg(unix)]
#[test]
fn a_symlink_that_leads_in_a_circle() {
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    std::os::unix::fs::symlink("..", folder.path().join("src/round")).unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:3"], "{}", run.stdout);
    assert_eq!(run.places("unreadable-file"), ["src/round:1"], "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn a_symlink_that_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    std::os::unix::fs::symlink("gone.rs", folder.path().join("src/link.rs")).unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("unreadable-file"), ["src/link.rs:1"], "{}", run.stdout);
}

#[test]
fn globs_of_modules_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    let mut text = format!("mod generated;\n{HANDLER}");
    text.push_str("async fn next(State(table): State<generated::Table>) -> generated::Row { generated::row() }\n");
    std::fs::write(folder.path().join("src/main.rs"), text).unwrap();
    let module = "pub use self::table::*;\npub use crate::generated::rows::*;\npub use self::rows::{all::*, one::*};\n";
    std::fs::write(folder.path().join("src/generated.rs"), module).unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:4"], "{}", run.stdout);
}

#[test]
fn a_manifest_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.rs"), HANDLER).unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["main.rs:3"], "{}", run.stdout);
    assert_eq!(run.places("unreadable-file"), ["Cargo.toml:1"], "{}", run.stdout);
}

#[test]
fn a_manifest_that_is_no_toml() {
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = a\n").unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:3"], "{}", run.stdout);
    assert_eq!(run.places("unreadable-file"), ["Cargo.toml:2"], "{}", run.stdout);
}

/// A checkout that pins a toolchain, or configures cargo, has no say in what runs.
#[test]
fn what_a_checkout_pins_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    std::fs::write(folder.path().join("rust-toolchain.toml"), "[toolchain]\nchannel = \"1.2.3\"\n")
        .unwrap();
    std::fs::create_dir(folder.path().join(".cargo")).unwrap();
    std::fs::write(folder.path().join(".cargo/config.toml"), "not toml").unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:3"], "{}", run.stdout);
    assert!(!run.stderr.contains("note:"), "{}", run.stderr);
}

#[test]
fn what_is_wrong_in_a_dependency_is_not_said() {
    let folder = tempfile::tempdir().unwrap();
    let service = folder.path().join("service");
    package(&service);
    let manifest = std::fs::read_to_string(service.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("[workspace]", "b = { path = \"../b\" }\n[workspace]");
    std::fs::write(service.join("Cargo.toml"), manifest).unwrap();
    let dependency = folder.path().join("b");
    package(&dependency);
    let manifest = std::fs::read_to_string(dependency.join("Cargo.toml")).unwrap();
    std::fs::write(dependency.join("Cargo.toml"), manifest.replace("\"a\"", "\"b\"")).unwrap();
    std::fs::create_dir_all(dependency.join("tests/fail")).unwrap();
    std::fs::write(dependency.join("tests/fail/a.rs"), "fn a( {").unwrap();
    let run = audit(&service, &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:3"], "{}", run.stdout);
    assert!(run.places("unreadable-file").is_empty(), "{}", run.stdout);
    // It is, where it is asked for.
    assert_eq!(audit(&dependency, &[]).places("unreadable-file").len(), 1);
}

#[test]
fn nothing_to_read_is_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let run = audit(&folder.path().canonicalize().unwrap(), &["not-here"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
}

/// A build writes it, or it was forgotten.
#[test]
fn an_included_file_that_is_not_there_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    common::copy(&common::fixtures().join("kinds/included"), folder.path());
    std::fs::remove_file(folder.path().join("src/generated.rs")).unwrap();
    let run = common::audit(folder.path(), &[]);
    assert!(run.status < 2, "{}{}", run.stdout, run.stderr);
}
