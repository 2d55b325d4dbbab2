//! The table of the book names tests that exist, and shows lines that they have.

use std::collections::BTreeSet;
use std::path::Path;

/// Without white space, so that a line may be wrapped.
fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_book_shows_lines_of_these_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../docs/drop-in.md")).expect("the page");
    let mut sources = String::new();
    for entry in std::fs::read_dir(root.join("tests/drop_in")).expect("a folder") {
        sources += &std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
    }
    let (code, mut tests) = (packed(&sources), BTreeSet::new());
    let table = page.split_once("| crate | line | test |\n|---|---|---|\n").expect("a table").1;
    for row in table.lines().take_while(|line| line.starts_with('|')) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        let [_, line, test] = cells[..] else { panic!("three cells: {row}") };
        for line in line.split('`').skip(1).step_by(2) {
            assert!(code.contains(&packed(line)), "no test has the line `{line}`");
        }
        let test = test.trim().trim_matches('`');
        assert!(sources.contains(&format!("fn {test}()")), "there is no test `{test}`");
        tests.insert(test);
    }
    let written = sources.matches("#[tokio::test").count() - 1;
    assert_eq!(tests.len(), written, "each test has a row: {tests:?}");
}
