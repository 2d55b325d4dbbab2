//! Each folder of the sources uses only those that the table allows, so that imports go one way.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A room and the rooms that it may use: those above it in the list, and of them only these.
const TABLE: &[(&str, &[&str])] = &[
    ("known", &[]),
    ("text", &["known"]),
    ("syntax", &["known", "text"]),
    ("load", &["syntax", "text"]),
    ("program", &["known", "load", "syntax"]),
    ("infer", &["known", "program", "syntax"]),
    ("reach", &["known", "program", "syntax"]),
    ("flow", &["infer", "known", "program", "reach", "syntax"]),
    ("handlers", &["flow", "infer", "program", "reach", "syntax"]),
    ("graph", &["flow", "program", "syntax"]),
    ("findings", &["reach", "syntax"]),
    (
        "lints",
        &["findings", "flow", "handlers", "infer", "known", "load", "program", "reach", "syntax"],
    ),
    ("report", &["findings", "load", "reach", "syntax"]),
    ("dependencies", &["known", "load", "program", "reach", "syntax"]),
    (
        "fix",
        &[
            "dependencies",
            "flow",
            "graph",
            "handlers",
            "infer",
            "known",
            "program",
            "reach",
            "syntax",
        ],
    ),
    (
        "commands",
        &[
            "dependencies",
            "findings",
            "fix",
            "handlers",
            "lints",
            "load",
            "program",
            "reach",
            "report",
            "syntax",
        ],
    ),
];

fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in common::sources(&folder) {
        let below = path.strip_prefix(&folder).unwrap();
        let room = below.components().next().unwrap().as_os_str().to_str().unwrap();
        let room = room.trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let names = uses.entry(room.clone()).or_default();
        for rest in text.split("crate::").skip(1) {
            let word = |letter: char| letter.is_alphanumeric() || letter == '_';
            names.insert(rest.chars().take_while(|letter| word(*letter)).collect());
        }
        names.remove(&room);
        names.remove("");
    }
    uses
}

#[test]
fn rooms_use_what_the_table_allows() {
    let rooms: Vec<&str> = TABLE.iter().map(|(room, _)| *room).collect();
    for (room, used) in uses() {
        let at = rooms.iter().position(|known| *known == room);
        let at = at.unwrap_or_else(|| panic!("`{room}` is not in the table"));
        let allowed: BTreeSet<String> = TABLE[at].1.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(used, allowed, "what `{room}` uses, and what the table says");
        for name in &used {
            assert!(rooms[..at].contains(&&**name), "`{room}` uses `{name}`, which comes after it");
        }
    }
}
