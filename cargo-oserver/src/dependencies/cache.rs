//! Answers of earlier runs, in the target folder: a lock file that is the same leads to the same sources, and one
//! version of a package never changes.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::type_search::Findings;
use super::{Located, Verdict};

/// The answers that are kept for one workspace.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Store {
    /// The build of the tool that wrote the file: another build may find something else in the same sources.
    tool: String,
    /// A hash of the lock file and the manifests that `answers` were found with.
    key: u64,
    /// A hash of the folders that cargo keeps sources in: absent ones may come.
    sources: u64,
    /// Manifests below which cargo could not resolve the dependencies.
    failed: BTreeSet<PathBuf>,
    /// By the path of a manifest below the workspace, and the path of a type.
    answers: BTreeMap<String, Verdict>,
    /// By name, version and features of a package of a registry, then by the path of a type in it.
    packages: BTreeMap<String, BTreeMap<String, Findings>>,
    #[serde(skip)]
    root: PathBuf,
    #[serde(skip)]
    changed: bool,
}

impl Store {
    /// Reads the store that an earlier run left in the target folder of the workspace at `root`.
    pub(super) fn read(root: &Path, manifests: &BTreeSet<PathBuf>) -> Self {
        let tool = tool();
        let key = key(root, manifests);
        let text = std::fs::read_to_string(file(root)).unwrap_or_default();
        let mut store: Self = serde_json::from_str(&text).unwrap_or_default();
        if store.tool != tool {
            store = Self { tool, ..Self::default() };
        }
        if store.key != key {
            store.answers.clear();
            store.failed.clear();
            store.key = key;
        }
        let sources = sources();
        if store.sources != sources {
            store.answers.retain(|_, answer| !matches!(answer, Verdict::Absent(_)));
            store.failed.clear();
            store.sources = sources;
        }
        root.clone_into(&mut store.root);
        store
    }

    /// Returns `true` if cargo could not resolve a package's dependencies, and nothing has changed since.
    pub(super) fn failed(&self, manifest: &Path) -> bool {
        self.failed.contains(manifest)
    }

    pub(super) fn fail(&mut self, manifest: &Path) {
        self.changed |= self.failed.insert(manifest.to_owned());
    }

    pub(super) fn answer(&self, manifest: &Path, path: &str) -> Option<Verdict> {
        self.answers.get(&self.name(manifest, path)).cloned()
    }

    pub(super) fn keep(&mut self, manifest: &Path, path: &str, verdict: Verdict) {
        let name = self.name(manifest, path);
        self.answers.insert(name, verdict);
        self.changed = true;
    }

    fn name(&self, manifest: &Path, path: &str) -> String {
        let below = manifest.strip_prefix(&self.root).unwrap_or(manifest);
        format!("{} {path}", below.display())
    }

    pub(super) fn findings(&self, package: &Located, path: &str) -> Option<Findings> {
        self.packages.get(&of(package))?.get(path).cloned()
    }

    pub(super) fn keep_findings(&mut self, package: &Located, path: &str, findings: &Findings) {
        if package.registry {
            let types = self.packages.entry(of(package)).or_default();
            types.insert(path.to_owned(), findings.clone());
            self.changed = true;
        }
    }

    /// Writes the file for later runs. If it cannot be written, later runs only take longer.
    pub(super) fn write(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        let path = file(&self.root);
        let Some(folder) = path.parent() else { return };
        let Ok(text) = serde_json::to_string(self) else { return };
        let beside = folder.join(format!("types.{}.json", std::process::id()));
        // Git ignores the file, even if the target folder is not in `.gitignore`.
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(folder.join(".gitignore"), "*\n"))
            .and_then(|()| std::fs::write(&beside, text))
            .and_then(|()| std::fs::rename(&beside, &path));
        if written.is_err() {
            _ = std::fs::remove_file(&beside);
        }
    }
}

fn tool() -> String {
    let built =
        std::env::current_exe().and_then(std::fs::metadata).and_then(|file| file.modified());
    let built = built.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let built = built.map_or(0, |time| time.as_nanos());
    format!("{} {} {built}", env!("CARGO_PKG_VERSION"), std::env::consts::OS)
}

/// `target/oserver/types.json`; in a target folder that other workspaces may share, with a name of its own.
fn file(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    let target = target.map_or_else(|| root.join("target"), |folder| root.join(folder));
    if target.starts_with(root) {
        return target.join("oserver/types.json");
    }
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    target.join(format!("oserver/types-{:016x}.json", hasher.finish()))
}

fn of(package: &Located) -> String {
    let features: Option<Vec<&str>> =
        package.features.as_ref().map(|features| features.iter().map(String::as_str).collect());
    let features = features.map_or_else(|| "?".to_owned(), |features| features.join(","));
    format!("{} {} {features}", package.name, package.version)
}

/// Returns a hash of the files that decide which packages there are, and with which features.
fn key(root: &Path, manifests: &BTreeSet<PathBuf>) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::fs::read(root.join("Cargo.lock")).unwrap_or_default().hash(&mut hasher);
    for manifest in manifests.iter().filter(|manifest| manifest.starts_with(root)) {
        manifest.strip_prefix(root).unwrap_or(manifest).hash(&mut hasher);
        std::fs::read(manifest).unwrap_or_default().hash(&mut hasher);
    }
    std::fs::read(root.join("Cargo.toml")).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// Returns when cargo last put sources anywhere.
fn sources() -> u64 {
    let mut hasher = DefaultHasher::new();
    for folder in super::cargo_lock::sources() {
        folder.metadata().and_then(|folder| folder.modified()).ok().hash(&mut hasher);
    }
    hasher.finish()
}

/// Returns the folder of the lock file that a package's dependencies stand in.
pub(super) fn root(manifest: &Path) -> Option<PathBuf> {
    let mut folders = manifest.ancestors().skip(1);
    folders.find(|folder| folder.join("Cargo.lock").is_file()).map(Path::to_owned)
}
