//! The shapes in `pass/` under clippy, in both editions: what the attributes generate trips no lint that a
//! user may have set.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const EDITIONS: [&str; 2] = ["2021", "2024"];

/// The verdict that every shape gives of itself, or something stricter.
const LINTS: [&str; 2] = [
    "#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]",
    "#![forbid(warnings, missing_docs, unreachable_code, unsafe_code)]",
];

#[test]
fn every_shape_has_the_lints_on() {
    for shape in shapes() {
        let text = std::fs::read_to_string(&shape).expect("readable");
        assert!(LINTS.iter().any(|lints| text.contains(lints)), "{}", shape.display());
        assert!(text.contains("unsafe_code"), "{}", shape.display());
    }
}

#[test]
fn no_shape_trips_a_lint_in_any_edition() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lints");
    for edition in EDITIONS {
        let package = folder.join(edition);
        std::fs::create_dir_all(&package).expect("a folder of our own");
        std::fs::write(package.join("Cargo.toml"), manifest(edition)).expect("writable");
        // The versions that the workspace has, so that nothing is looked up.
        std::fs::copy(root().join("../Cargo.lock"), package.join("Cargo.lock")).expect("writable");
        let clippy = Command::new(env!("CARGO"))
            .args(["clippy", "--offline", "--bins", "--keep-going", "--quiet"])
            .arg("--manifest-path")
            .arg(package.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(folder.join("target"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&clippy.stderr);
        assert!(clippy.status.success(), "edition {edition}:\n{said}");
        assert!(!said.contains("warning"), "edition {edition}:\n{said}");
    }
}

/// A package with each shape as a program. As under trybuild, what only shows that it compiles need not be used.
fn manifest(edition: &str) -> String {
    let own = std::fs::read_to_string(root().join("Cargo.toml")).expect("readable");
    let (_, dependencies) = own.split_once("[dev-dependencies]").expect("they are there");
    let (dependencies, _) = dependencies.split_once("[lints]").expect("they come after");
    let dependencies =
        dependencies.replace("path = \"", &format!("path = \"{}/", root().display()));
    let mut text = format!(
        "[workspace]\n\n[package]\nname = \"shapes-{edition}\"\nedition = \"{edition}\"\n\
         description = \"The shapes\"\nrepository = \"none\"\nlicense = \"MIT\"\nreadme = \"none\"\n\
         keywords = [\"none\"]\ncategories = [\"none\"]\n\n\
         [lints.rust]\ndead_code = \"allow\"\n\n[dependencies]{dependencies}\n"
    );
    for shape in shapes() {
        let name = shape.file_stem().expect("a file").to_string_lossy();
        let path = shape.display();
        writeln!(text, "[[bin]]\nname = \"{name}\"\npath = \"{path}\"\n").expect("to a string");
    }
    text
}

fn shapes() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("pass")).expect("the folder is there");
    let mut shapes: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    shapes.sort();
    assert!(!shapes.is_empty());
    shapes
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
