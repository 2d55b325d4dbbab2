//! `cargo oserver fix` that a signal ends: it leaves the old files, whatever it was doing.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::project;

const MANIFEST: &str = "\
[package]
name = \"app\"
version = \"0.1.0\"
edition = \"2021\"

[dependencies]
axum = \"0.8\"

[workspace]
";

const MAIN: &str = "\
async fn hello(axum::extract::State(name): axum::extract::State<String>) -> String {
    name
}

fn main() {
    let _: axum::Router = axum::Router::new()
        .route(\"/\", axum::routing::get(hello))
        .with_state(String::new());
}
";

const LOCK: &str = "\
version = 4

[[package]]
name = \"app\"
version = \"0.1.0\"

[[package]]
name = \"hyper\"
version = \"1.5.2\"
";

/// Answers in the place of `cargo check`: without errors, then with one and with another version in `Cargo.lock`, as
/// cargo does it when a dependency asks for one. The check with the number in `hangs` does not end.
const CARGO: &str = r#"#!/bin/sh
[ "$1" = check ] || exec "$REAL_CARGO" "$@"
echo >> "$STAGE/checks"
if [ "$(wc -l < "$STAGE/checks")" -eq "$(cat "$STAGE/hangs")" ]; then
    echo $$ > "$STAGE/pid"
    mv "$STAGE/pid" "$STAGE/hanging"
    exec sleep 1000
fi
cat "$STAGE/artifact"
if grep -q oserver Cargo.toml; then
    sed 's/1\.5\.2/1.9.0/' Cargo.lock > Cargo.lock.new && mv Cargo.lock.new Cargo.lock
    cat "$STAGE/error"
    exit 101
fi
"#;

fn texts(folder: &Path) -> BTreeMap<String, String> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| !entry.path().components().any(|part| part.as_os_str() == ".git"))
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}

/// Starts the command; the check with this number hangs.
fn started(folder: &Path, stage: &Path, hangs: u32) -> Child {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(folder)
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let id = metadata["packages"][0]["id"].clone();
    let artifact = serde_json::json!({
        "reason": "compiler-artifact", "package_id": id, "target": { "name": "app" },
    });
    let error = serde_json::json!({
        "reason": "compiler-message",
        "package_id": id,
        "message": { "level": "error", "message": "hyper is another one", "spans": [], "children": [] },
    });
    std::fs::write(stage.join("artifact"), format!("{artifact}\n")).unwrap();
    std::fs::write(stage.join("error"), format!("{error}\n")).unwrap();
    std::fs::write(stage.join("hangs"), hangs.to_string()).unwrap();
    let cargo = stage.join("cargo.sh");
    std::fs::write(&cargo, CARGO).unwrap();
    std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    Command::new(env!("CARGO_BIN_EXE_cargo-oserver"))
        .args(["oserver", "fix", "--allow-dirty"])
        .current_dir(folder)
        .env("CARGO", &cargo)
        .env("REAL_CARGO", env!("CARGO"))
        .env("STAGE", stage)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn send(signal: &str, pid: &str) -> bool {
    let quiet = Command::new("kill").args([signal, pid]).stderr(Stdio::null()).status();
    quiet.unwrap().success()
}

fn service() -> tempfile::TempDir {
    project(&[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("Cargo.lock", LOCK)])
}

/// The third check is that of the dependency alone: sources are as they were, manifests are not.
#[test]
fn a_signal_leaves_the_old_files() {
    for (hangs, signal, edited) in [
        (1, "TERM", &[][..]),
        (2, "TERM", &["Cargo.toml", "src/main.rs"][..]),
        (2, "INT", &["Cargo.toml", "src/main.rs"][..]),
        (3, "TERM", &["Cargo.lock", "Cargo.toml"][..]),
        (3, "INT", &["Cargo.lock", "Cargo.toml"][..]),
    ] {
        let (folder, stage) = (service(), tempfile::tempdir().unwrap());
        let before = texts(folder.path());
        let child = started(folder.path(), stage.path(), hangs);
        let hanging = stage.path().join("hanging");
        until("no check hangs", || hanging.exists());
        let now = texts(folder.path());
        let changed: Vec<&String> = now.keys().filter(|name| now[*name] != before[*name]).collect();
        assert_eq!(changed, edited, "check {hangs}");

        assert!(send(&format!("-{signal}"), &child.id().to_string()));
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(texts(folder.path()), before, "check {hangs}, {signal}: {told}");
        assert_eq!(output.status.code(), Some(2), "{told}");
        let words = format!("SIG{signal} ended the command, and all files are as they were");
        assert!(told.contains(&words), "{told}");
        // cargo could write `Cargo.lock` later.
        let cargo = std::fs::read_to_string(&hanging).unwrap();
        assert!(!send("-0", cargo.trim()), "cargo still runs after {signal} in check {hangs}");
    }
}

/// After the end that nothing can hold back, git shows no file that is a part of one.
#[test]
fn a_kill_leaves_no_other_file_beside_the_sources() {
    let folder = project(&[]);
    for number in 0..60 {
        let path = folder.path().join(format!("src/m{number}.rs"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, MAIN.replace("hello", &format!("hello_{number}"))).unwrap();
    }
    let git = |words: &[&str]| {
        let output = Command::new("git").args(words).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["-c", "user.name=a", "-c", "user.email=a@a", "commit", "--quiet", "-m", "a"]);
    for _ in 0..3 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-oserver"))
            .args(["oserver", "fix", "--no-check"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let changed = |words: &str| git(&["status", "--porcelain"]).contains(words);
        until("nothing was written", || changed(" M ") || child.try_wait().unwrap().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!changed("??"), "{}", git(&["status", "--porcelain"]));
        for (name, text) in texts(folder.path()) {
            assert!(text.ends_with("}\n") && text.contains("fn main()"), "{name}: {text}");
        }
        git(&["checkout", "--quiet", "--", "."]);
    }
}
