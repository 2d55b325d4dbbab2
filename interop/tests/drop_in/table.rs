//! The table of the book names tests that exist, and shows lines that they have.

use std::collections::BTreeSet;
use std::path::Path;

/// Without white space, so that a line may be wrapped.
fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_chapter_on_operations_shows_lines_of_the_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/operations.md")).expect("the page");
    for (heading, file) in
        [("## Traces\n", "traces_to_otlp"), ("## Faults at Sentry\n", "faults_to_sentry")]
    {
        let source = root.join(format!("examples/telemetry/src/bin/{file}.rs"));
        let source = packed(&std::fs::read_to_string(source).expect("the example"));
        let section = page.split_once(heading).expect("a section").1;
        let rows = section.lines().skip_while(|line| !line.starts_with("| step | line |"));
        let rows: Vec<_> = rows.skip(2).take_while(|line| line.starts_with('|')).collect();
        assert!(rows.len() >= 2, "{heading}");
        for row in rows {
            let line = row.trim_matches('|').split_once(" | ").expect("two cells").1;
            let line = line.trim().trim_matches('`');
            assert!(source.contains(&packed(line)), "{file} has no line `{line}`");
        }
    }
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
