//! The documentation shows commands that are commands, and has all lints.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use cargo_oserver::commands::Arguments;
use clap::Parser;

#[test]
fn commands_that_are_shown_are_taken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages: Vec<_> =
        ["README.md", "cargo-oserver/README.md"].map(|name| root.join(name)).into();
    pages.extend(std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    let mut taken = 0;
    for page in pages.iter().filter(|page| page.extension().is_some_and(|end| end == "md")) {
        for line in std::fs::read_to_string(page).unwrap().lines() {
            let line = line.trim_start().trim_start_matches("- run: ");
            let Some(words) = line.strip_prefix("cargo ") else { continue };
            if !words.starts_with("oserver ") {
                continue;
            }
            // Without what is the shell's.
            let words =
                words.split_whitespace().take_while(|word| !["#", ">", "||"].contains(word));
            if let Err(error) = Arguments::try_parse_from(words) {
                panic!("{}: {line}\n{error}", page.display());
            }
            taken += 1;
        }
    }
    assert!(taken >= 8, "{taken}");
}

/// A lint that is not told of cannot be looked up.
#[test]
fn the_reference_has_a_row_for_each_lint() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference.md");
    let page = std::fs::read_to_string(page).unwrap();
    let table = page.split_once("| lint | finds |\n|---|---|\n").unwrap().1;
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut told: Vec<_> = rows.map(|row| row.split('`').nth(1).unwrap()).collect();
    let mut lints: Vec<_> = cargo_oserver::lints::all().map(|lint| lint.name).collect();
    told.sort_unstable();
    lints.sort_unstable();
    assert_eq!(told, lints);
}

/// Each way that the compiler does not see has a lint, and a module of the fixture `residual`.
#[test]
fn the_audit_reports_each_way_to_a_lock_that_the_compiler_does_not_see() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../docs/state.md")).unwrap();
    let table = page.split_once("| the audit |\n|---|---|---|\n").unwrap().1;
    let rows: Vec<_> = table.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() <= 10, "{}", rows.len());
    for row in &rows {
        let answer = row.trim_end_matches(" |").rsplit_once(" | ").unwrap().1;
        let named = |lint: &str| answer.contains(&format!("`{lint}`"));
        assert!(cargo_oserver::lints::all().any(|lint| named(lint.name)), "{row}");
    }
    let fixture = root.join("tests/fixtures/kinds/residual/src/main.rs");
    let fixture = std::fs::read_to_string(fixture).unwrap();
    assert_eq!(fixture.lines().filter(|line| line.starts_with("mod ")).count(), rows.len());
}
