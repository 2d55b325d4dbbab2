//! Each kind of code that a server can be written in has a package: all findings in it are those that are marked, with
//! `//~ lint, lint` at the end of a line.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{audit, fixtures};

/// Said of every handler that is not oserver's.
const EVERYWHERE: &[&str] = &["unguarded-handler", "no-timeout"];

type Places = BTreeSet<(String, u64, String)>;

fn marked(folder: &Path) -> Places {
    let mut marked = Places::new();
    for path in common::sources(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        for (line, number) in text.lines().zip(1..) {
            let Some((_, lints)) = line.split_once("//~ ") else { continue };
            marked.extend(lints.split(", ").map(|lint| (shown.clone(), number, lint.to_owned())));
        }
    }
    marked
}

fn check(kind: &str) {
    let folder = fixtures().join("kinds").join(kind);
    let expected = marked(&folder);
    let run = audit(&folder, &[]);
    let found: Places = run
        .findings()
        .iter()
        .filter(|finding| !EVERYWHERE.contains(&finding["lint"].as_str().unwrap()))
        .filter(|finding| finding["path"] != "Cargo.toml")
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap().to_owned();
            (text("path"), finding["line"].as_u64().unwrap(), text("lint"))
        })
        .collect();
    let missed: Vec<_> = expected.difference(&found).collect();
    let wrong: Vec<_> = found.difference(&expected).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "missed {missed:#?}, false alarms {wrong:#?}");
}

macro_rules! kinds {
    ($($name:ident,)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_package_is_a_test() {
            let entries = std::fs::read_dir(fixtures().join("kinds")).unwrap();
            let folders: BTreeSet<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            let tests: BTreeSet<String> = [$(stringify!($name)),*].map(str::to_owned).into();
            assert_eq!(folders, tests);
        }
    };
}

kinds! {
    actors,
    attributes,
    behind_traits,
    conditions,
    extracted,
    filters,
    further_servers,
    given_closures,
    globs,
    middleware,
    included,
    interceptors,
    macros,
    member_macros,
    more_servers,
    own_loops,
    reexported,
    request_data,
    registration,
    residual,
    spin_locks,
    table,
    values,
}

/// The names and verdicts of a package's handlers.
fn handlers(kind: &str) -> Vec<(String, String)> {
    let run =
        common::oserver(&fixtures().join("kinds").join(kind), &["handlers", "--format", "json"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    run.stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|handler| (text(&handler["name"]), text(&handler["verdict"])))
        .collect()
}

#[test]
fn what_answers_is_a_handler_and_what_only_turns_errors_into_responses_is_none() {
    let names = |kind: &str| handlers(kind).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let registered = names("registration");
    assert!(registered.contains(&"quiet".to_owned()), "{registered:?}");
    for errors in ["too_slow", "unreadable"] {
        assert!(!registered.contains(&errors.to_owned()), "{registered:?}");
    }
    let in_errors = registered.iter().filter(|name| *name == "{closure in errors}").count();
    assert_eq!(in_errors, 1, "{registered:?}");
    let further = handlers("further_servers");
    let missing = further.iter().find(|(name, _)| name == "missing");
    assert_eq!(missing.map(|(_, verdict)| &**verdict), Some("forbidden"), "{further:?}");
}
