//! The dependency graph as `Cargo.lock` has it, for workspaces that cargo cannot resolve on this machine: one source that
//! is not here does not hide the others. The lock file names no features, so code under any of them counts.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use toml::{Table, Value};

use super::{Graph, Located};
use crate::load::{Package, read_package};

/// Packages by their manifests. Each is read once, because several lock files can name it.
#[derive(Debug, Default)]
pub(super) struct Manifests(RefCell<HashMap<PathBuf, Option<Rc<Package>>>>);

impl Manifests {
    fn read(&self, manifest: &Path) -> Option<Rc<Package>> {
        let mut known = self.0.borrow_mut();
        let read = || read_package(manifest).map(Rc::new);
        known.entry(manifest.to_owned()).or_insert_with(read).clone()
    }
}

/// Returns the packages of the lock file in `root`; those of the workspace are among `manifests`.
pub(super) fn graph(
    root: &Path,
    manifests: &BTreeSet<PathBuf>,
    known: &Manifests,
) -> Option<Graph> {
    let text = std::fs::read_to_string(root.join("Cargo.lock")).ok()?;
    let table: Table = text.parse().ok()?;
    let locked: Vec<Locked> = table.get("package")?.as_array()?.iter().filter_map(locked).collect();
    let members: HashMap<String, PathBuf> = manifests
        .iter()
        .filter(|manifest| manifest.starts_with(root))
        .filter_map(|manifest| Some((known.read(manifest)?.name.clone(), manifest.clone())))
        .collect();
    let folders = registries();
    let mut graph = Graph { root: root.to_owned(), ..Graph::default() };
    for package in &locked {
        let manifest = match package.source.is_empty() {
            true => members.get(&package.name).cloned(),
            false => folders.iter().find_map(|folder| {
                let manifest = folder.join(package.id().replace(' ', "-")).join("Cargo.toml");
                manifest.is_file().then_some(manifest)
            }),
        };
        graph.packages.insert(package.id(), located(package, manifest, &locked, known));
    }
    Some(graph)
}

/// A package as the lock file has it.
struct Locked {
    name: String,
    version: String,
    source: String,
    /// `name`, or `name version` where there are several.
    dependencies: Vec<String>,
}

impl Locked {
    fn id(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

fn locked(value: &Value) -> Option<Locked> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
    let dependencies = value.get("dependencies").and_then(Value::as_array);
    Some(Locked {
        name: text("name")?,
        version: text("version")?,
        source: text("source").unwrap_or_default(),
        dependencies: dependencies
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_str().map(ToOwned::to_owned))
            .collect(),
    })
}

fn located(
    package: &Locked,
    manifest: Option<PathBuf>,
    all: &[Locked],
    known: &Manifests,
) -> Located {
    let read = manifest.as_deref().and_then(|manifest| known.read(manifest));
    let lib = read.as_ref().and_then(|read| {
        let lib = read.targets.iter().find(|target| target.kind == crate::load::TargetKind::Lib)?;
        Some((lib.name.clone(), lib.path.clone()))
    });
    let mut dependencies = HashMap::new();
    for entry in &package.dependencies {
        let mut words = entry.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let found = all.iter().find(|other| {
            other.name == name && version.is_none_or(|version| other.version == version)
        });
        let Some(found) = found else { continue };
        let uses = read.iter().flat_map(|read| &read.dependencies);
        let renamed = uses.filter(|known| known.package == name).map(|known| known.name.clone());
        let own = name.replace('-', "_");
        for name in renamed.chain([own]) {
            dependencies.entry(name).or_insert_with(|| found.id());
        }
    }
    Located {
        name: package.name.clone(),
        version: package.version.clone(),
        manifest: manifest.unwrap_or_default(),
        lib,
        dependencies,
        features: None,
        registry: package.source.starts_with("registry"),
        member: package.source.is_empty(),
    }
}

/// Folders that change when cargo downloads sources.
pub(super) fn sources() -> Vec<PathBuf> {
    let mut folders = registries();
    folders.extend(home().map(|home| home.join("git/checkouts")));
    folders.sort();
    folders
}

fn home() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// Returns where cargo puts the sources of registries.
fn registries() -> Vec<PathBuf> {
    let entries = home().map(|home| std::fs::read_dir(home.join("registry/src")));
    entries.into_iter().flatten().flatten().flatten().map(|entry| entry.path()).collect()
}
