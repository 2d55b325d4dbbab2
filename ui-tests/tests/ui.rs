//! Each file in `fail/` is one diagnostic, with its text beside it; each file in `pass/` is one shape
//! that must compile. The texts are those of the toolchain that `rust-toolchain.toml` names. They are only
//! written anew when asked for, by `TRYBUILD=overwrite cargo test -p ui-tests --test ui`.

use std::path::{Path, PathBuf};

#[test]
fn diagnostics_and_shapes() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("fail/*.rs");
    tests.pass("pass/*.rs");
}

/// A text whose test is gone would look as if it were still checked.
#[test]
fn every_text_has_its_test() {
    for path in diagnostics() {
        let test = path.with_extension("rs");
        let text = path.with_extension("stderr");
        assert!(test.exists() && text.exists(), "{} has no counterpart", path.display());
    }
}

/// The future that runs all commands is made by the attribute; the note below the error leads to the command.
const ON_THE_ATTRIBUTE: &str = "actor_future_is_not_send";

/// Where an error is shown is the user's own code, and more of it than the attribute: that one says nothing of
/// what is wrong.
#[test]
fn every_error_is_on_a_token_of_the_user() {
    for (path, text) in texts() {
        let source = std::fs::read_to_string(path.with_extension("rs")).expect("readable");
        let file = path.file_stem().expect("a file").to_string_lossy();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if !line.starts_with("error") {
                continue;
            }
            let place = lines.next().and_then(|place| place.trim_start().strip_prefix("--> "));
            let place = place.unwrap_or_else(|| panic!("{file}: no place: {line}"));
            let inside = place.strip_prefix(&format!("fail/{file}.rs:"));
            let inside = inside.unwrap_or_else(|| panic!("{file}: it is elsewhere: {place}"));
            let (row, column) = inside.split_once(':').expect("line and column");
            let (row, column): (usize, usize) =
                (row.parse().expect("a line"), column.parse().expect("a column"));
            let line_of_it = source.lines().nth(row - 1).expect("a line of it");
            let from: String = line_of_it.chars().skip(column - 1).collect();
            let is_attribute = from.starts_with("#[oserver");
            assert!(!is_attribute || file == ON_THE_ATTRIBUTE, "{file}: {line}");
        }
    }
}

/// With the component `rust-src` the compiler shows lines of the standard library, and without it, none.
#[test]
fn no_text_depends_on_the_sources_of_the_standard_library() {
    for (path, text) in texts() {
        let shown = ["$RUST", "/rustc/", "lib/rustlib"].iter().any(|place| text.contains(place));
        assert!(!shown, "{}", path.display());
    }
}

fn texts() -> impl Iterator<Item = (PathBuf, String)> {
    let texts = diagnostics().filter(|path| path.extension().is_some_and(|kind| kind == "stderr"));
    texts.map(|path| {
        let text = std::fs::read_to_string(&path).expect("readable");
        (path, text)
    })
}

fn diagnostics() -> impl Iterator<Item = PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("readable").path())
}
