//! Commands that the documentation shows are commands.

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
