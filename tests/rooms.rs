//! The rooms of `oserver-runtime`: their imports go one way, as the table of `docs/internals.md` says, and
//! their files stay small.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The longest file, in lines.
const LONGEST_FILE: usize = 250;
/// Lines of code of the runtime without tests: neither blank nor a comment. The aim is 9,000. Whoever takes
/// code away lowers this number.
const CODE: usize = 14_729;

/// A source file without its tests.
struct Source {
    path: PathBuf,
    room: String,
    lines: usize,
    code: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("oserver-runtime/src")
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let (root, mut paths) = (root(), Vec::new());
    walk(&root, &mut paths);
    paths.sort();
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("UTF-8");
        let relative = path.strip_prefix(&root).expect("it is in there");
        let first = relative.iter().next().expect("a name").to_string_lossy();
        let room = first.trim_end_matches(".rs").to_owned();
        let is_test = relative.iter().any(|part| {
            ["tests.rs", "model.rs", "tests"].iter().any(|name| part == std::ffi::OsStr::new(name))
        });
        let code = if is_test { Vec::new() } else { code_without_tests(&text) };
        Source { path: relative.to_owned(), room, lines: text.lines().count(), code }
    };
    paths.into_iter().map(source).collect()
}

/// The lines that are code, without items behind `#[cfg(test)]` and the like.
fn code_without_tests(text: &str) -> Vec<String> {
    let mut code = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line.starts_with("#[cfg(test") || line.starts_with("#[cfg(all(test") {
            skip_item(&mut lines);
        } else if !line.is_empty() && !line.starts_with("//") {
            code.push(line.to_owned());
        }
    }
    code
}

/// Skips to the end of the item that comes next: a semicolon, or the brace that closes it.
fn skip_item<'a>(lines: &mut impl Iterator<Item = &'a str>) {
    let (mut depth, mut entered) = (0_i32, false);
    for line in lines {
        let line = line.trim();
        if !entered && line.starts_with("#[") {
            continue;
        }
        depth += line.matches('{').count() as i32 - line.matches('}').count() as i32;
        entered |= line.contains('{');
        if (entered && depth <= 0) || (!entered && line.ends_with(';')) {
            return;
        }
    }
}

/// Which rooms a line of code names: `crate::room`, or `crate::{room, ..}`.
fn rooms_in(line: &str) -> BTreeSet<String> {
    let names = line.split("crate::").skip(1);
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut found: BTreeSet<String> = names
        .map(|rest| rest.chars().take_while(|letter| is_name(*letter)).collect())
        .filter(|name: &String| !name.is_empty())
        .collect();
    if let Some((_, rest)) = line.split_once("crate::{") {
        let names = rest.split([',', '}']).map(|name| name.trim().split("::").next().unwrap_or(""));
        found.extend(names.filter(|name| !name.is_empty() && *name != ";").map(str::to_owned));
    }
    found
}

/// The table of the book: a room, and those that it may use.
fn table() -> Vec<(String, BTreeSet<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/internals.md");
    let book = fs::read_to_string(path).expect("the book");
    let (_, rows) = book.split_once("| room | may use |").expect("the table");
    let rows = rows.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|');
        let room: BTreeSet<String> = names(cells.next().expect("a room"));
        let uses = names(cells.next().expect("what it may use"));
        (room.into_iter().next().expect("a room's name"), uses)
    })
    .collect()
}

#[test]
fn rooms_use_only_rooms_below_them() {
    let table = table();
    for (place, (room, uses)) in table.iter().enumerate() {
        for used in uses {
            let below = table[place + 1..].iter().any(|(other, _)| other == used);
            assert!(below, "`{room}` may use `{used}`, which does not stand below it in the table");
        }
    }
}

#[test]
fn rooms_use_what_the_table_of_the_book_says() {
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for source in sources().iter().filter(|source| source.room != "lib") {
        let uses = found.entry(source.room.clone()).or_default();
        for room in source.code.iter().flat_map(|line| rooms_in(line)) {
            if room != source.room {
                uses.insert(room);
            }
        }
    }
    let said: BTreeMap<_, _> = table().into_iter().collect();
    for (room, uses) in &found {
        let may = said.get(room).unwrap_or_else(|| panic!("the table has no line for `{room}`"));
        assert_eq!(uses, may, "`{room}` uses what is left, and the table says what is right");
    }
    assert_eq!(said.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
}

#[test]
fn no_source_file_of_the_runtime_is_longer_than_the_limit() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.lines > LONGEST_FILE)
        .map(|source| (source.path, source.lines))
        .collect();
    assert!(long.is_empty(), "split by purpose, not by length: {long:?}");
}

#[test]
fn the_runtime_stays_below_its_limit_of_code() {
    let mut rooms = BTreeMap::<String, usize>::new();
    for source in sources() {
        *rooms.entry(source.room).or_default() += source.code.len();
    }
    let all: usize = rooms.values().sum();
    assert!(all <= CODE, "{all} lines of code: {rooms:#?}");
}

#[test]
fn items_behind_test_attributes_and_comments_are_no_code() {
    let text = "//! Head.\nuse crate::a;\n#[cfg(test)]\nuse crate::b;\n\n#[cfg(all(test, x))]\nmod tests {\n    \
                use crate::c::{d};\n}\nfn f() {}\n#[cfg(test)]\nmod model;\n";
    assert_eq!(code_without_tests(text), ["use crate::a;", "fn f() {}"]);
    let names = rooms_in("use crate::{clock, health::alarm::{Alarm, AlarmRule}}; crate::sync::x()");
    assert!(["clock", "health", "sync"].iter().all(|room| names.contains(*room)), "{names:?}");
}
