//! `Cargo.toml` without cargo: for folders that are no workspace, or one that cargo does not take.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Table;
use toml::Value;

use crate::syntax::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Lib,
    Bin,
    Example,
    /// Integration tests and benchmarks.
    Test,
    Build,
}

#[derive(Clone, Debug)]
pub struct Target {
    pub kind: TargetKind,
    /// As `use` writes it.
    pub name: String,
    pub path: PathBuf,
}

#[derive(Clone, Debug)]
pub struct Dependency {
    /// As `use` writes it.
    pub name: String,
    pub package: String,
    pub path: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    pub root: PathBuf,
    /// 2015, 2018, …
    pub edition: u16,
    pub targets: Vec<Target>,
    pub dependencies: Vec<Dependency>,
}

/// Returns the manifest in `folder` or the next one above it.
pub(super) fn above(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file())
}

type Error = (Place, String);

/// Dependencies that members inherit, by the manifest of the workspace.
#[derive(Debug, Default)]
pub(super) struct Workspaces {
    known: BTreeMap<PathBuf, Table>,
}

impl Workspaces {
    /// `None`: a workspace without its own package.
    pub(super) fn package(&mut self, manifest: &Path) -> Result<Option<Package>, Error> {
        let table = read(manifest)?;
        let Some(package) = table.get("package").and_then(Value::as_table) else {
            return Ok(None);
        };
        let root = manifest.parent().map(Path::to_owned).unwrap_or_default();
        let folder = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = package.get("name").and_then(Value::as_str).unwrap_or(&folder).to_owned();
        let targets = targets(&table, &root, &name);
        let edition = self.edition(package, &root);
        let mut kept = Package { name, root, edition, targets, dependencies: Vec::new() };
        self.dependencies(&table, &mut kept);
        Ok(Some(kept))
    }

    /// Its own, or that of the workspace it is in.
    fn edition(&mut self, package: &Table, root: &Path) -> u16 {
        let written = |value: Option<&Value>| value.and_then(Value::as_str)?.parse().ok();
        let own = package.get("edition");
        if own.and_then(|own| own.get("workspace")).is_none() {
            return written(own).unwrap_or(2015);
        }
        let mut folders = root.ancestors();
        let found = folders.find_map(|folder| {
            let manifest = folder.join("Cargo.toml");
            let known = self.known.entry(manifest.clone());
            let table = known.or_insert_with(|| read(&manifest).unwrap_or_default());
            written(table.get("workspace")?.get("package")?.get("edition"))
        });
        found.unwrap_or(2021)
    }

    fn dependencies(&mut self, table: &Table, into: &mut Package) {
        let mut tables: Vec<&Table> = vec![table];
        if let Some(targets) = table.get("target").and_then(Value::as_table) {
            tables.extend(targets.values().filter_map(Value::as_table));
        }
        for table in tables {
            for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let Some(list) = table.get(section).and_then(Value::as_table) else { continue };
                for (name, value) in list {
                    let inherited = value.get("workspace").is_some();
                    let root = into.root.clone();
                    let dependency = if inherited {
                        self.inherited(&root, name)
                    } else {
                        dependency(name, value, &root)
                    };
                    into.dependencies.push(dependency);
                }
            }
        }
    }

    fn inherited(&mut self, root: &Path, name: &str) -> Dependency {
        for folder in root.ancestors() {
            let manifest = folder.join("Cargo.toml");
            let table = self
                .known
                .entry(manifest.clone())
                .or_insert_with(|| read(&manifest).unwrap_or_default());
            let Some(workspace) = table.get("workspace") else { continue };
            return match workspace.get("dependencies").and_then(|list| list.get(name)) {
                Some(value) => dependency(name, value, folder),
                None => break,
            };
        }
        dependency(name, &Value::Boolean(true), root)
    }
}

fn read(manifest: &Path) -> Result<Table, Error> {
    let first = Place { line: 1, column: 1 };
    let text = std::fs::read_to_string(manifest).map_err(|error| (first, error.to_string()))?;
    text.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(1);
        (Place { line, column: 1 }, error.message().to_owned())
    })
}

fn dependency(name: &str, value: &Value, root: &Path) -> Dependency {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let path = text("path").map(|path| root.join(path));
    Dependency {
        name: name.replace('-', "_"),
        package: text("package").unwrap_or(name).to_owned(),
        path: path.map(|path| path.canonicalize().unwrap_or(path)),
    }
}

fn targets(table: &Table, root: &Path, package: &str) -> Vec<Target> {
    let crate_name = package.replace('-', "_");
    let mut found: Vec<Target> = Vec::new();
    let mut add = |kind, name: &str, path: PathBuf| {
        if path.is_file() && !found.iter().any(|target| target.path == path) {
            found.push(Target { kind, name: name.replace('-', "_"), path });
        }
    };
    let lib = table.get("lib");
    let text = |value: Option<&Value>, key: &str| -> Option<String> {
        Some(value?.get(key)?.as_str()?.to_owned())
    };
    let lib_path = text(lib, "path").unwrap_or_else(|| "src/lib.rs".to_owned());
    let lib_name = text(lib, "name").unwrap_or_else(|| crate_name.clone());
    add(TargetKind::Lib, &lib_name, root.join(lib_path));
    let lists = [
        ("bin", TargetKind::Bin, "src/bin"),
        ("example", TargetKind::Example, "examples"),
        ("test", TargetKind::Test, "tests"),
        ("bench", TargetKind::Test, "benches"),
    ];
    for (section, kind, folder) in lists {
        for value in table.get(section).and_then(Value::as_array).into_iter().flatten() {
            let name = text(Some(value), "name").unwrap_or_default();
            if let Some(path) = text(Some(value), "path") {
                add(kind, &name, root.join(path));
            }
        }
        for (name, path) in discovered(&root.join(folder)) {
            add(kind, &name, path);
        }
    }
    add(TargetKind::Bin, &crate_name, root.join("src/main.rs"));
    let build = table.get("package").and_then(|package| package.get("build"));
    let build = build.and_then(Value::as_str).unwrap_or("build.rs");
    add(TargetKind::Build, "build_script_build", root.join(build));
    found
}

/// `name.rs` and `name/main.rs`.
fn discovered(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let name = path.file_stem()?.to_str()?.to_owned();
            if path.extension().is_some_and(|extension| extension == "rs") {
                return Some((name, path));
            }
            let main = path.join("main.rs");
            main.is_file().then_some((name, main))
        })
        .collect();
    found.sort();
    found
}
