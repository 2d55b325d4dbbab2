//! `audit` and `handlers` ask the sources of other crates, and remember what those said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::process::Command;

use common::Run;
use tempfile::TempDir;

const CHECKSUM: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

const MAIN: &str = "\
use axum::extract::State;

async fn plain(State(plain): State<outer::Plain>) {}
async fn guards(State(guards): State<outer::Guards>) {}
async fn behind(State(behind): State<outer::Behind>) {}

fn main() {
    let _ = axum::Router::new().route(\"/\", axum::routing::get(plain).post(guards).put(behind));
}
";

const OUTER: &str = "\
pub struct Plain { name: String }

pub struct Guards { inner: std::sync::Mutex<u8> }
impl Guards {
    pub fn get(&self) -> std::sync::MutexGuard<'_, u8> { self.inner.lock().unwrap() }
}

pub struct Behind { pub part: Box<dyn Part> }
pub trait Part {}
";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A workspace, and a registry that has version 1.2.3 of `outer` on this machine.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let vendor = at.join("home/vendor");
    let config = format!(
        "[source.crates-io]\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = {vendor:?}\n"
    );
    write(at, "home/config.toml", &config);
    write(at, "home/vendor/outer/Cargo.toml", &manifest("outer", "1.2.3", ""));
    write(at, "home/vendor/outer/src/lib.rs", OUTER);
    let sums = format!("{{\"files\":{{}},\"package\":\"{CHECKSUM}\"}}");
    write(at, "home/vendor/outer/.cargo-checksum.json", &sums);
    write(at, "app/Cargo.toml", &(manifest("app", "0.1.0", "outer = \"1\"\n") + "\n[workspace]\n"));
    write(at, "app/src/main.rs", MAIN);
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"outer\",\n]\n\n[[package]]\nname = \"outer\"\nversion = \"1.2.3\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{CHECKSUM}\"\n"
    );
    write(at, "app/Cargo.lock", &lock);
    folder
}

fn manifest(name: &str, version: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = {name:?}\nversion = {version:?}\nedition = \"2021\"\n\n[dependencies]\n{dependencies}"
    )
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_into(folder, arguments, None)
}

fn run_into(folder: &Path, arguments: &[&str], target: Option<&Path>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-oserver"));
    command
        .arg("oserver")
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(folder.join("app"))
        .env("CARGO_HOME", folder.join("home"))
        .env_remove("CARGO_TARGET_DIR");
    if let Some(target) = target {
        command.env("CARGO_TARGET_DIR", target);
    }
    let output = command.output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code().unwrap(),
    }
}

/// Returns the result of `handlers` for one handler: its verdict, and the words about the crate's type.
fn verdict(run: &Run, name: &str) -> (String, String) {
    let handlers = run.findings();
    let found = handlers.iter().find(|handler| handler["name"] == name);
    let found = found.unwrap_or_else(|| panic!("{name}: {}{}", run.stdout, run.stderr));
    let words = &found["state"][0]["dependencies"][0]["message"];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&found["verdict"]), text(words))
}

fn as_read(run: &Run) {
    let (is, words) = verdict(run, "plain");
    assert_eq!((&*is, &*words), ("clean", "outer 1.2.3: no lock in its sources"), "{}", run.stderr);
    let (is, words) = verdict(run, "guards");
    assert_eq!(is, "forbidden", "{words}");
    assert!(words.starts_with("outer 1.2.3: ") && words.contains("Guards::get"), "{words}");
    let (is, words) = verdict(run, "behind");
    assert_eq!(is, "unknown", "{words}");
    assert!(words.contains("dyn Part"), "{words}");
}

#[test]
fn handlers_and_audit_read_the_version_of_the_lock_file() {
    let folder = workspace();
    as_read(&run(folder.path(), &["handlers"]));
    let audit = run(folder.path(), &["audit"]);
    assert_eq!(audit.places("lock-in-handler-state"), ["src/main.rs:4"], "{}", audit.stdout);
    assert_eq!(audit.places("unknown-handler"), ["src/main.rs:5"], "{}", audit.stdout);
    assert!(audit.stdout.contains("outer 1.2.3"), "{}", audit.stdout);
}

#[test]
fn answers_are_kept_until_the_lock_file_changes() {
    let folder = workspace();
    as_read(&run(folder.path(), &["handlers"]));
    let kept = folder.path().join("app/target/oserver");
    assert!(kept.join("types.json").is_file());
    assert_eq!(std::fs::read_to_string(kept.join(".gitignore")).unwrap(), "*\n");
    // Nothing is there to be read.
    std::fs::remove_dir_all(folder.path().join("home")).unwrap();
    as_read(&run(folder.path(), &["handlers"]));
    let lock = folder.path().join("app/Cargo.lock");
    let text = std::fs::read_to_string(&lock).unwrap();
    std::fs::write(&lock, format!("# another\n{text}")).unwrap();
    let changed = run(folder.path(), &["handlers"]);
    let (is, words) = verdict(&changed, "plain");
    assert_eq!(is, "unknown", "{words}");
    assert!(words.contains("run `cargo fetch`"), "{words}");
}

#[test]
fn workspaces_with_one_target_folder_keep_their_own_answers() {
    let (one, other) = (workspace(), workspace());
    let target = tempfile::tempdir().unwrap();
    for folder in [&one, &other] {
        as_read(&run_into(folder.path(), &["handlers"], Some(target.path())));
        std::fs::remove_dir_all(folder.path().join("home")).unwrap();
    }
    for folder in [&one, &other] {
        as_read(&run_into(folder.path(), &["handlers"], Some(target.path())));
    }
}

/// One dependency that is not here does not hide the others.
#[test]
fn where_cargo_cannot_resolve_the_lock_file_is_read() {
    let folder = workspace();
    let at = folder.path();
    write(
        at,
        "app/Cargo.toml",
        &(manifest("app", "0.1.0", "outer = \"1\"\nabsent = \"1\"\n") + "\n[workspace]\n"),
    );
    let lock = std::fs::read_to_string(at.join("app/Cargo.lock")).unwrap();
    let lock = lock.replace(" \"outer\",\n", " \"absent\",\n \"outer\",\n");
    let lock = lock.replace("version = 4\n", &format!("version = 4\n\n[[package]]\nname = \"absent\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{CHECKSUM}\"\n"));
    write(at, "app/Cargo.lock", &lock);
    // Where cargo unpacks what it downloads.
    let source = at.join("home/registry/src/index/outer-1.2.3");
    std::fs::create_dir_all(source.parent().unwrap()).unwrap();
    std::fs::rename(at.join("home/vendor/outer"), source).unwrap();
    as_read(&run(at, &["handlers"]));
}

/// Cargo resolves an optional dependency only where its feature is on; the lock file has it.
#[test]
fn types_of_features_that_are_off_are_read() {
    let folder = workspace();
    let at = folder.path();
    let optional =
        "outer = { version = \"1\", optional = true }\n\n[features]\nmore = [\"dep:outer\"]\n";
    write(at, "app/Cargo.toml", &(manifest("app", "0.1.0", optional) + "\n[workspace]\n"));
    let source = at.join("home/registry/src/index/outer-1.2.3");
    for file in ["Cargo.toml", "src/lib.rs"] {
        let text = std::fs::read_to_string(at.join("home/vendor/outer").join(file)).unwrap();
        write(&source, file, &text);
    }
    as_read(&run(at, &["handlers"]));
}

#[test]
fn what_was_kept_and_is_damaged_is_read_again() {
    let folder = workspace();
    as_read(&run(folder.path(), &["handlers"]));
    write(folder.path(), "app/target/oserver/types.json", "{\"tool\":");
    as_read(&run(folder.path(), &["handlers"]));
}

/// Absent sources are looked for again when cargo has put sources there, and not before.
#[test]
fn absent_sources_are_asked_for_again_when_some_came() {
    let folder = workspace();
    let at = folder.path();
    let source = at.join("home/registry/src/index/outer-1.2.3");
    std::fs::create_dir_all(source.parent().unwrap()).unwrap();
    let away = at.join("away");
    std::fs::rename(at.join("home/vendor/outer"), &away).unwrap();
    for _ in 0..2 {
        let run = run(at, &["handlers"]);
        let (is, words) = verdict(&run, "plain");
        assert!(is == "unknown" && words.contains("run `cargo fetch`"), "{is} {words}");
    }
    std::fs::rename(away, source).unwrap();
    as_read(&run(at, &["handlers"]));
}

/// deadpool-postgres has deadpool's pool under a name that a macro makes. The feature is for the version that it has.
#[test]
fn fix_takes_the_pool_of_a_deadpool_crate_for_that_of_its_deadpool() {
    let folder = workspace();
    let at = folder.path();
    let main = "\
use axum::extract::State;

#[derive(Clone)]
struct App { pool: deadpool_postgres::Pool }

async fn list(State(app): State<App>) {}

fn main() {
    let app = App { pool: deadpool_postgres::new() };
    let _ = axum::Router::new().route(\"/\", axum::routing::get(list)).with_state(app);
}
";
    write(at, "app/src/main.rs", main);
    let dependencies = "deadpool = \"0.13\"\ndeadpool-postgres = \"0.14\"\n";
    write(at, "app/Cargo.toml", &(manifest("app", "0.1.0", dependencies) + "\n[workspace]\n"));
    let sums = format!("{{\"files\":{{}},\"package\":\"{CHECKSUM}\"}}");
    let mut lock = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"deadpool 0.13.1\",\n \"deadpool-postgres\",\n]\n".to_owned();
    let pools = "deadpool::managed_reexports!();\n";
    for (name, version, inner, library) in [
        ("deadpool", "0.12.3", "", ""),
        ("deadpool", "0.13.1", "", ""),
        ("deadpool-postgres", "0.14.1", "deadpool = \"0.12\"\n", pools),
    ] {
        let package = format!("home/vendor/{name}-{version}");
        write(at, &format!("{package}/Cargo.toml"), &manifest(name, version, inner));
        write(at, &format!("{package}/src/lib.rs"), library);
        write(at, &format!("{package}/.cargo-checksum.json"), &sums);
        lock.push_str(&format!("\n[[package]]\nname = {name:?}\nversion = {version:?}\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{CHECKSUM}\"\n"));
        if !inner.is_empty() {
            lock.push_str("dependencies = [\n \"deadpool 0.12.3\",\n]\n");
        }
    }
    write(at, "app/Cargo.lock", &lock);
    let run = run(at, &["fix", "--no-check", "--allow-dirty"]);
    let manifest = std::fs::read_to_string(at.join("app/Cargo.toml")).unwrap();
    assert!(manifest.contains("\"deadpool-0_12\""), "{manifest}{}", run.stdout);
    assert!(!manifest.contains("deadpool-0_13"), "{manifest}");
}
