//! The published packages and their contents: the packages' files and metadata, dependencies with their
//! reasons, versions and licences, and features that the documentation tells of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

/// In the order in which they have to be published.
const PUBLISHED: [&str; 7] = [
    "oserver-macros",
    "oserver-stacks",
    "oserver-state",
    "oserver-tracer",
    "oserver-runtime",
    "oserver",
    "cargo-oserver",
];

/// Licences that let others use, change and pass on a program that has the code in it, without theirs having
/// to be under the same licence.
const LICENCES: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    // Asks less than Apache-2.0.
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    // Gives up all rights.
    "CC0-1.0",
    // This licence is that of the root certificates in optional clients: data, not code.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// How many crates a service gets with the default features, oserver's four among them.
const DEFAULT_TREE: usize = 84;

/// Returns the output of cargo, without the network and with the versions of the lock file.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "cargo {arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The packages of the workspace, by name.
fn members() -> BTreeMap<String, Value> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("a list").clone();
    packages.into_iter().map(|package| (string(&package["name"]), package)).collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Name, version and licence of each crate, as `cargo tree` has them.
fn tree(arguments: &[&str]) -> BTreeSet<(String, String, String)> {
    let format = ["--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"];
    let text = cargo(&[&["tree"], arguments, &format].concat());
    let crates = text.lines().filter(|line| !line.is_empty()).map(|line| {
        let (package, licence) = line.split_once('|').expect("as the format says");
        let mut words = package.split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        (word(), word(), licence.trim_end_matches(" (*)").to_owned())
    });
    crates.collect()
}

#[test]
fn each_package_says_what_it_is_and_has_what_it_needs() {
    let members = members();
    let published: BTreeSet<&str> = members
        .iter()
        .filter(|(_, package)| package["publish"].is_null())
        .map(|(name, _)| &**name)
        .collect();
    assert_eq!(published, BTreeSet::from(PUBLISHED), "the others say `publish = false`");
    for name in PUBLISHED {
        let package = &members[name];
        for field in ["description", "license", "rust_version", "readme"] {
            assert!(!string(&package[field]).is_empty(), "{name} has no {field}");
        }
        for field in ["keywords", "categories"] {
            // More than five are refused by crates.io.
            let number = package[field].as_array().map_or(0, Vec::len);
            assert!((1..=5).contains(&number), "{name} has {number} {field}");
        }
        let files = cargo(&["package", "--list", "--allow-dirty", "--package", name]);
        let files: BTreeSet<&str> = files.lines().collect();
        for needed in ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
            assert!(files.contains(needed), "{name} is packed without {needed}");
        }
        for file in files {
            let is_meant = ["src/", "docs/"].iter().any(|folder| file.starts_with(folder))
                || file.starts_with("Cargo.")
                || file == ".cargo_vcs_info.json"
                || (!file.contains('/') && (file.ends_with(".md") || file.starts_with("LICENSE")));
            assert!(is_meant, "{name} is packed with {file}: see `include` of its manifest");
        }
    }
}

/// `cargo run --example NAME` in the folder of the workspace finds what is in its default members.
#[test]
fn examples_are_found_without_naming_their_package() {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let defaults = metadata["workspace_default_members"].as_array().expect("members");
    let packages = metadata["packages"].as_array().expect("packages");
    let targets = packages.iter().filter(|package| defaults.contains(&package["id"]));
    let targets = targets.flat_map(|package| package["targets"].as_array().expect("targets"));
    let examples = targets.filter(|target| target["kind"][0] == "example");
    let examples: BTreeSet<_> = examples.map(|target| string(&target["name"])).collect();
    for name in ["demo", "faults", "quickstart"] {
        assert!(examples.contains(name), "`{name}` is not among {examples:?}");
    }
}

#[test]
fn licences_are_the_same_in_each_package() {
    for folder in &PUBLISHED {
        for file in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let path = if *folder == "oserver" { Path::new("") } else { Path::new(folder) };
            assert_eq!(read(path.join(file)), read(file), "{folder}/{file}");
        }
    }
}

#[test]
fn each_dependency_has_its_reason() {
    for (name, package) in members() {
        let manifest = string(&package["manifest_path"]);
        let text = read(&manifest);
        let (mut in_dependencies, mut reason, mut without) = (false, false, Vec::new());
        for line in text.lines() {
            if let Some(section) = line.strip_prefix('[') {
                let section = section.trim_end_matches(']');
                // `[dependencies.axum-extra]` is a dependency of its own; its reason is the first line.
                let table = section.rsplit_once("dependencies.").map(|(_, name)| name);
                in_dependencies = section.ends_with("dependencies");
                if let Some(dependency) = table {
                    let after = text.split_once(line).map_or("", |(_, after)| after);
                    if !after.trim_start().starts_with('#') {
                        without.push(dependency.to_owned());
                    }
                }
                reason = false;
            } else if line.starts_with('#') {
                reason = true;
            } else if line.is_empty() {
                reason = false;
            } else if in_dependencies && !reason {
                without.push(line.to_owned());
            }
        }
        assert!(
            without.is_empty(),
            "{name}: write above each of these what it is there for, in {manifest}:\n{}",
            without.join("\n")
        );
    }
}

#[test]
fn the_default_features_bring_few_crates_and_none_of_them_twice() {
    let crates = tree(&["--package", "oserver", "--edges", "normal,build"]);
    assert!(
        crates.len() <= DEFAULT_TREE,
        "{} crates, more than {DEFAULT_TREE}: {crates:#?}",
        crates.len()
    );
    let mut versions = BTreeMap::<_, Vec<_>>::new();
    for (name, version, _) in &crates {
        versions.entry(name).or_default().push(version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    assert!(
        versions.is_empty(),
        "these come in several versions; `cargo tree --duplicates` says through whom: {versions:#?}"
    );
}

/// Any library can depend on it, whatever its own users' runtime is.
#[test]
fn the_crate_of_state_needs_no_runtime() {
    let crates = tree(&["--package", "oserver-state", "--edges", "normal,build"]);
    let names: BTreeSet<&str> = crates.iter().map(|(name, _, _)| &**name).collect();
    assert!(names.contains("oserver-macros"), "the derive is a default: {names:?}");
    for runtime in ["tokio", "hyper", "axum", "http", "tower", "bytes", "futures-util", "tracing"] {
        assert!(!names.contains(runtime), "{runtime} is in the default tree: {names:?}");
    }
    let alone = ["--package", "oserver-state", "--edges", "normal,build", "--no-default-features"];
    assert_eq!(tree(&alone).len(), 1, "without the derive it depends on nothing");
}

/// Asserts that the licence of each crate is one of [`LICENCES`].
fn assert_licences_allowed(crates: &BTreeSet<(String, String, String)>) {
    assert!(crates.len() > DEFAULT_TREE);
    for (name, version, licence) in crates {
        // `MIT/Apache-2.0`, as old crates have it.
        let expression = Expression::parse_mode(licence, ParseMode::LAX);
        let is_allowed = expression.is_ok_and(|expression| {
            // With its exception, as cargo-deny compares it.
            expression.evaluate(|wanted| LICENCES.contains(&&*wanted.to_string()))
        });
        assert!(
            is_allowed,
            "{name} {version} is under `{licence}`: do without it, or, if that licence asks nothing \
             of the code around it, add its SPDX identifier to `LICENCES`"
        );
    }
}

#[test]
fn cargo_deny_allows_the_same_licences() {
    let text = read("deny.toml");
    let allowed =
        text.split_once("allow = [").expect("a list").1.split_once(']').expect("its end").0;
    let allowed: Vec<_> = allowed.split('"').skip(1).step_by(2).collect();
    assert_eq!(allowed, LICENCES);
}

/// Covers the crates that `cargo test --workspace` downloads, and no others: more are not there on a new machine.
#[test]
fn licences_of_what_the_tests_build_are_allowed() {
    assert_licences_allowed(&tree(&["--workspace", "--edges", "normal,build,dev"]));
}

/// Covers the optional dependencies, too.
#[test]
#[ignore = "needs the crates of all features: `cargo fetch --locked` downloads them"]
fn licences_of_all_dependencies_are_allowed() {
    let crates = ["--workspace", "--all-features", "--target", "all"];
    assert_licences_allowed(&tree(&[&crates[..], &["--edges", "normal,build,dev"]].concat()));
}

/// Rows of the table below `# Features`: what each feature is called, and whether it is a default.
fn told(text: &str) -> BTreeMap<String, bool> {
    let section = text.split_once("# Features\n").expect("a section").1;
    let rows = section.lines().map(|line| line.trim_start_matches("//!").trim());
    let rows = rows.take_while(|line| line.is_empty() || line.starts_with('|'));
    let rows = rows.filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .flat_map(|cells| {
            let is_default = match cells[2] {
                "yes" => true,
                "no" => false,
                other => panic!("neither yes nor no: {other}"),
            };
            let names = cells[1].split(", ").map(|name| name.trim_matches('`').to_owned());
            names.map(|name| (name, is_default)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn features_are_documented_as_they_are() {
    let features = &members()["oserver"]["features"];
    let features = features.as_object().expect("a table");
    let default: BTreeSet<String> =
        features["default"].as_array().expect("a list").iter().map(string).collect();
    let there_are: BTreeMap<String, bool> = features
        .keys()
        .filter(|name| *name != "default")
        .map(|name| (name.clone(), default.contains(name)))
        .collect();
    assert_eq!(told(&read("src/lib.rs")), there_are, "src/lib.rs");
}

/// The manifest asks for this version, and the README names it.
#[test]
fn the_oldest_rust_is_what_the_dependencies_need() {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let metadata = cargo(&["metadata", "--format-version", "1", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let needed = |package: &Value| -> Option<(u32, u32)> {
        let mut numbers = package["rust_version"].as_str()?.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    let default = tree(&["--package", "oserver", "--edges", "normal,build"]);
    let names: BTreeSet<&str> = default.iter().map(|(name, _, _)| &**name).collect();
    let packages = metadata["packages"].as_array().expect("a list");
    let (own, others): (Vec<_>, Vec<_>) =
        packages.iter().partition(|package| package["name"] == "oserver");
    let others = others.into_iter().filter(|package| {
        let name = string(&package["name"]);
        names.contains(&*name) && !PUBLISHED.contains(&&*name)
    });
    let asked = needed(own[0]).expect("a version");
    assert_eq!(others.filter_map(needed).max(), Some(asked));
    let told = format!("{}.{}", asked.0, asked.1);
    for page in ["README.md", "docs/getting-started.md", "docs/stability.md"] {
        assert!(read(page).contains(&told), "{page} does not tell of Rust {told}");
    }
}
