//! Each type's kind, said once: the blocks in `oserver-state/src` implement the traits, and the tables of the book
//! and of the audit are made of them. `OSERVER_WRITE_TABLES=1 cargo test --test types` writes these anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The kind that the macro of a block gives to its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Clean,
    Contents,
    Vouched,
    Lock,
    Parameter,
    Fresh,
}

#[derive(Debug)]
struct Block {
    /// The file in the folder of its crate; empty for the standard library.
    krate: String,
    feature: Option<String>,
    label: Option<String>,
    reason: String,
    types: Vec<(Is, String)>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("a folder") {
        let path = entry.expect("readable").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.push(path.join("mod.rs"));
        } else if name != "mod.rs" {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The features that switch on each module, as `crates/mod.rs` says.
fn features_of_modules() -> BTreeMap<String, Vec<String>> {
    let text = read("oserver-state/src/crates/mod.rs");
    let mut condition = "";
    let mut modules = BTreeMap::new();
    for line in text.lines() {
        if line.starts_with("#[cfg") {
            condition = line;
        } else if let Some(name) = line.strip_prefix("mod ").and_then(|name| name.strip_suffix(';'))
        {
            modules.insert(name.to_owned(), quoted(condition));
        }
    }
    modules
}

fn quoted(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn blocks(path: &Path, krate: &str, features: &[String]) -> Vec<Block> {
    let text = fs::read_to_string(path).expect("readable");
    let mut found = Vec::new();
    let mut condition = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let kind = line.strip_suffix("! {").filter(|kind| {
            [
                "state",
                "fundamental",
                "carried",
                "vouched",
                "locks",
                "request_data",
                "fresh",
                "either",
            ]
            .contains(kind)
        });
        let Some(kind) = kind else {
            condition = line.starts_with("#[cfg(feature").then(|| quoted(line).remove(0));
            continue;
        };
        let (mut label, mut reason, mut entries) = (None, Vec::new(), Vec::new());
        for line in lines.by_ref().take_while(|line| *line != "}") {
            let line = line.trim();
            match line.strip_prefix("/// ") {
                Some(text) if text.ends_with(':') => {
                    label = text.strip_suffix(':').map(str::to_owned)
                }
                Some(text) => reason.push(text),
                None => entries.push(
                    line.strip_suffix(';')
                        .unwrap_or_else(|| panic!("{}: one type a line: {line}", path.display())),
                ),
            }
        }
        assert!(!reason.is_empty(), "{}: a block without its reason", path.display());
        let types = entries.into_iter().map(|entry| {
            let rest = entry.strip_prefix("impl[").expect("as the macros have it");
            let (_, ty) = rest.split_once("] for ").expect("as the macros have it");
            let (ty, holds) = match ty.split_once(" where ") {
                Some((ty, _)) => (ty, true),
                None => (ty, false),
            };
            let is = match kind {
                "locks" => Is::Lock,
                "vouched" => Is::Vouched,
                "request_data" => Is::Parameter,
                "fresh" => Is::Fresh,
                _ if holds => Is::Contents,
                _ => Is::Clean,
            };
            (is, ty.to_owned())
        });
        found.push(Block {
            krate: krate.to_owned(),
            feature: condition.take().or_else(|| features.first().cloned()),
            label,
            reason: reason.join(" "),
            types: types.collect(),
        });
    }
    found
}

fn all() -> Vec<Block> {
    let mut found = Vec::new();
    for path in files("oserver-state/src/std_types") {
        found.extend(blocks(&path, "", &[]));
    }
    let features = features_of_modules();
    for path in files("oserver-state/src/crates") {
        let stem = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
        let name = match stem(&path).as_str() {
            "mod" => stem(path.parent().expect("a folder")),
            other => other.to_owned(),
        };
        found.extend(blocks(&path, &name, &features[&name]));
    }
    found
}

/// `redis_1::aio::Pool<'a, T>` as `aio::Pool<T>`.
fn shown(krate: &str, ty: &str) -> String {
    let mut text = ty.to_owned();
    for lifetime in ["<'a>", "<'k>", "<'r>", "<'s>"] {
        text = text.replace(lifetime, "");
    }
    text = text.replace("'a, ", "").replace("for<'a> ", "").replace("&'a ", "&");
    if krate.is_empty() {
        return text;
    }
    let is_of_it = |first: &str| first.starts_with(krate) || first.starts_with("lock_api");
    match text.split_once("::") {
        Some((first, rest)) if is_of_it(first) => rest.to_owned(),
        _ => text,
    }
}

fn rows(blocks: &[&Block], with_feature: bool) -> String {
    let mut table = String::new();
    if with_feature {
        table.push_str("| crate and version | types | are | what happens when a thread panics or stalls inside |\n|---|---|---|---|\n");
    } else {
        table.push_str(
            "| types | are | what happens when a thread panics or stalls inside |\n|---|---|---|\n",
        );
    }
    for block in blocks {
        for is in [Is::Clean, Is::Contents, Is::Vouched, Is::Lock, Is::Parameter, Is::Fresh] {
            let types = block.types.iter().filter(|(kind, _)| *kind == is);
            let types: Vec<_> =
                types.map(|(_, ty)| format!("`{}`", shown(&block.krate, ty))).collect();
            if types.is_empty() {
                continue;
            }
            let types = block.label.clone().unwrap_or_else(|| types.join(", "));
            let are = match is {
                Is::Clean => "clean",
                Is::Contents => "as its contents",
                Is::Vouched => "vouched for by us",
                Is::Lock => "lock",
                Is::Parameter => "parameter, but no state",
                Is::Fresh => "parameter; as state as its contents",
            };
            if with_feature {
                let feature = block.feature.as_deref().expect("a feature");
                write!(table, "| `{feature}` ").expect("memory");
            }
            writeln!(table, "| {types} | {are} | {} |", block.reason).expect("memory");
        }
    }
    table
}

/// Replaces what stands between the two marks of this name.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("no mark {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no mark {end}"));
    format!("{before}{begin}\n{table}\n{end}{after}")
}

fn check(path: &str, wanted: &str) {
    if std::env::var_os("OSERVER_WRITE_TABLES").is_some() {
        fs::write(root().join(path), wanted).expect("writable");
    }
    let hint = "write it anew: OSERVER_WRITE_TABLES=1 cargo test --test types";
    assert!(read(path) == wanted, "{path} is not what the types are: {hint}");
}

/// Returns the features of `oserver-state` that `oserver` enables for everybody, unless its default features are off.
fn always_on() -> Vec<String> {
    let manifest = read("oserver-runtime/Cargo.toml");
    let starts = ["oserver-state = ", "common-types = "];
    let lines = manifest.lines().filter(|line| starts.iter().any(|start| line.starts_with(start)));
    let features: Vec<String> = lines.flat_map(quoted).collect();
    features.iter().map(|name| name.trim_start_matches("oserver-state/").to_owned()).collect()
}

#[test]
fn the_book_says_what_each_type_is() {
    let blocks = all();
    let base = always_on();
    let of_crates = |wanted: bool| -> Vec<&Block> {
        let is_on = |block: &&Block| {
            // axum's own features are those of `oserver`.
            let feature = block.feature.as_deref().unwrap_or_default();
            let is_on = base.iter().any(|on| on == feature) || feature.starts_with("axum-0_8");
            !block.krate.is_empty() && is_on == wanted
        };
        blocks.iter().filter(is_on).collect()
    };
    let std: Vec<_> = blocks.iter().filter(|block| block.krate.is_empty()).collect();
    let mut text = read("docs/state.md");
    text = with_table(&text, "types of std", &rows(&std, false));
    text = with_table(&text, "types that are always known", &rows(&of_crates(true), true));
    text = with_table(&text, "types behind features", &rows(&of_crates(false), true));
    check("docs/state.md", &text);
}

/// `krate_0_12::a::B<T>` as `krate::a::B`; nothing for what has no name.
fn path_of(krate: &str, ty: &str) -> Option<String> {
    let bare = ty.strip_prefix("dyn ").unwrap_or(ty);
    let bare = bare.split('<').next().expect("a piece");
    if !bare.starts_with(char::is_alphabetic) || bare.starts_with("fn(") || bare.contains(' ') {
        return None;
    }
    if krate.is_empty() {
        let name = bare.rsplit("::").next().expect("a piece");
        return name.starts_with(char::is_uppercase).then(|| format!("std::{name}"));
    }
    let (first, rest) = bare.split_once("::")?;
    let mut name = first;
    // `bb8` and `argon2` have a digit of their own.
    while let Some((before, last)) = name.rsplit_once('_')
        && last.bytes().all(|letter| letter.is_ascii_digit())
    {
        name = before;
    }
    Some(format!("{name}::{rest}"))
}

#[test]
fn the_audit_says_of_each_type_what_the_compiler_says() {
    let base = always_on();
    let mut table = BTreeMap::<String, (&str, Vec<String>)>::new();
    for block in all() {
        for (is, ty) in &block.types {
            let Some(path) = path_of(&block.krate, ty) else { continue };
            let verdict = match is {
                Is::Lock => "lock",
                Is::Clean => "closed",
                Is::Parameter => "param",
                Is::Fresh => "fresh",
                _ => "open",
            };
            let (before, features) = table.entry(path.clone()).or_insert((verdict, Vec::new()));
            assert!(*before == verdict, "{path} is two things");
            let feature = block.feature.iter().map(|feature| {
                let on = if base.contains(feature) { "+" } else { "" };
                format!("{on}{feature}")
            });
            features
                .extend(feature.filter(|feature| !features.contains(feature)).collect::<Vec<_>>());
        }
    }
    let mut text = String::from(
        "# What types of other crates are, as oserver-state has it, and with which of its features: + is on for everybody.\n# Written by `tests/types.rs` of the workspace.\n",
    );
    for (path, (verdict, features)) in table {
        writeln!(text, "{}", format!("{verdict} {path} {}", features.join(" ")).trim_end())
            .expect("memory");
    }
    check("cargo-oserver/src/known/types.txt", &text);
}
