//! Runs the command on folders.

#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../../../tests/common/tools.rs"]
pub(crate) mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: i32,
}

impl Run {
    /// One JSON object a line.
    pub(crate) fn findings(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).expect("a JSON object a line");
        self.stdout.lines().map(parse).collect()
    }

    /// Findings of a lint as `path:line`.
    pub(crate) fn places(&self, lint: &str) -> Vec<String> {
        let findings = self.findings();
        let mine = findings.iter().filter(|finding| finding["lint"] == lint);
        mine.map(|finding| format!("{}:{}", finding["path"].as_str().unwrap(), finding["line"]))
            .collect()
    }
}

pub(crate) fn oserver(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-oserver"))
        .arg("oserver")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command starts");
    Run {
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code().expect("it ends by itself"),
    }
}

/// Has `fix` edit a folder, which must compile afterwards with the dependencies of this workspace. Returns stdout.
pub(crate) fn fixed_and_checked(folder: &Path, more: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap();
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    give_packages_a_version_of_this_test(folder);
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-oserver"))
        .args(["oserver", "fix", "--allow-dirty", "--oserver-path"])
        .arg(&root)
        .args(more)
        .current_dir(folder)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", root.join("target/fixed"))
        .output()
        .expect("the command starts");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    let told = format!("{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    stdout
}

/// Gives each package in `folder` a version that no other test has.
///
/// Tests share a target folder, and cargo knows a workspace's own packages by name, version and path within the
/// workspace, not by where the workspace is: a package that was edited while another test's package of that name was
/// checked would count as checked.
fn give_packages_a_version_of_this_test(folder: &Path) {
    let test = std::thread::current().name().expect("tests have a name").replace("::", "-");
    let version = format!("version = \"0.1.0+{}\"", test.replace('_', "-"));
    for entry in walkdir::WalkDir::new(folder) {
        let path = entry.unwrap().into_path();
        if path.ends_with("Cargo.toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replacen("version = \"0.1.0\"", &version, 1)).unwrap();
        }
    }
}

/// Compiles a library that uses axum, tokio and oserver, with the dependencies of this workspace.
pub(crate) fn compiles(code: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"plans\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = {{ version = \"0.8\", default-features = false, features = [\"matched-path\"] }}\ntokio = {{ version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }}\noserver = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    let folder = project(&[("Cargo.toml", &manifest), ("src/lib.rs", code)]);
    std::fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    give_packages_a_version_of_this_test(folder.path());
    let output = Command::new("cargo")
        .arg("check")
        .current_dir(folder.path())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", root.join("target/fixed"))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{code}\n{}", String::from_utf8_lossy(&output.stderr));
}

pub(crate) fn audit(folder: &Path, more: &[&str]) -> Run {
    oserver(folder, &[&["audit", "--format", "json"], more].concat())
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

pub(crate) fn fixtures_of(lint: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(fixtures().join(lint)).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap().into_path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A folder with these files.
pub(crate) fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A loose file, and what becomes of it.
pub(crate) fn fixed(before: &str) -> (String, String) {
    let folder = project(&[("lib.rs", before)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("lib.rs")).unwrap();
    (after, run.stdout + &run.stderr)
}
