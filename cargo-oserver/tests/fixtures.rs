//! Each lint finds in its folder exactly what is marked there: `//~` at the end of a line.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{audit, fixtures, fixtures_of};

type Lines = BTreeSet<(String, u64)>;

fn marked(folder: &Path) -> Lines {
    let mut marked = Lines::new();
    for path in common::sources(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        let lines = text.lines().zip(1..).filter(|(line, _)| line.ends_with("//~"));
        marked.extend(lines.map(|(_, number)| (shown.clone(), number)));
    }
    marked
}

fn check(lint: &str) {
    let folders = fixtures_of(lint);
    assert!(!folders.is_empty(), "no fixture for {lint}");
    for folder in folders {
        let expected = marked(&folder);
        assert!(!expected.is_empty(), "nothing is marked in {}", folder.display());
        let found: Lines = audit(&folder, &[])
            .findings()
            .iter()
            .filter(|finding| finding["lint"] == lint)
            .map(|finding| {
                (finding["path"].as_str().unwrap().to_owned(), finding["line"].as_u64().unwrap())
            })
            .collect();
        let missed: Vec<_> = expected.difference(&found).collect();
        let wrong: Vec<_> = found.difference(&expected).collect();
        assert!(
            missed.is_empty() && wrong.is_empty(),
            "{lint}: missed {missed:#?}, false alarms {wrong:#?}"
        );
    }
}

macro_rules! lints {
    ($($name:ident: $lint:literal,)*) => {$(
        #[test]
        fn $name() {
            check($lint);
        }
    )*};
}

lints! {
    lock_in_handler_state: "lock-in-handler-state",
    lock_static: "lock-static",
    unguarded_accept_loop: "unguarded-accept-loop",
    print_in_server: "print-in-server",
    unguarded_handler: "unguarded-handler",
    no_timeout: "no-timeout",
    lock_across_await: "lock-across-await",
    blocking_call: "blocking-call",
    trusted_state: "trusted-state",
}

#[test]
fn every_lint_has_a_page_and_a_test() {
    for lint in cargo_oserver::lints::all() {
        assert!(lint.page.starts_with(&format!("# {}\n", lint.name)), "{}", lint.name);
        assert!(lint.page.contains("## What to do"), "{}", lint.name);
        // In files of their own.
        let elsewhere = ["unreadable-file", "unread-server"].contains(&lint.name);
        let tested =
            fixtures().join(lint.name).is_dir() || marked_among_kinds(lint.name) || elsewhere;
        assert!(tested, "{} has no fixtures", lint.name);
    }
}

fn marked_among_kinds(lint: &str) -> bool {
    let files = common::sources(&fixtures().join("kinds"));
    let text = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    files.iter().any(|path| text(path).contains(&format!("//~ {lint}")))
}

/// The plain folder, where cargo cannot read the workspace, says the same.
#[test]
fn without_cargo_the_same_is_found() {
    let folder = fixtures().join("lock-in-handler-state/workspace");
    let copy = tempfile::tempdir().unwrap();
    common::copy(&folder, copy.path());
    let manifest = copy.path().join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("\"app\",", "\"app\", \"gone\",")).unwrap();
    let run = audit(copy.path(), &[]);
    assert!(run.stderr.contains("cargo cannot read the workspace"), "{}", run.stderr);
    let names: Vec<String> = run
        .findings()
        .iter()
        .filter(|finding| finding["lint"] == "lock-in-handler-state")
        .map(|finding| finding["handler"]["name"].to_string())
        .collect();
    assert_eq!(names, ["\"other_crate\""]);
}
