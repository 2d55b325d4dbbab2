//! Types of other crates, from their sources: whether a lock can be reached through one, and in which version that
//! was read.

mod accessors;
mod answer;
mod cache;
mod cargo_graph;
mod cargo_lock;
mod cfg;
mod foreign;
mod left_out;
mod package_sources;
mod requirement;
#[cfg(test)]
mod tests;
mod type_search;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use cargo_graph::not_read;
pub use cargo_graph::{Graph, Located, locate};
pub use foreign::OfSources;

use crate::load::Sources;
use answer::Answer;
use cache::Store;

/// The verdict on a type, from its sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// No lock that users can hold. Names the sources that were read, and the result.
    Clean(String),
    /// The way to a lock.
    Lock(String),
    /// Why it could not be found out.
    Unknown(String),
    /// The crate has no type of this name, as far as its sources show.
    Missing(String),
    /// Its sources are not on this machine.
    Absent(String),
}

/// The dependencies of all workspaces of this run.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// Dependency graphs by the manifest of a package.
    graphs: RefCell<HashMap<PathBuf, Option<Rc<Graph>>>>,
    /// Dependency graphs from lock files, by the folder of the lock file.
    locked: RefCell<HashMap<PathBuf, Option<Rc<Graph>>>>,
    /// Packages that lock files name.
    read: cargo_lock::Manifests,
    /// All manifests that were read.
    manifests: BTreeSet<PathBuf>,
    /// `true` if answers are stored for later runs.
    kept: bool,
    /// The findings of earlier runs, by the folder of the lock file.
    stores: RefCell<HashMap<PathBuf, Store>>,
    /// How often cargo could not read a package, by the folder of the lock file.
    failed: RefCell<HashMap<PathBuf, usize>>,
    notes: RefCell<Vec<String>>,
    /// By the id of a package, and the path of a type in it.
    verdicts: RefCell<HashMap<(String, String), Answer>>,
    /// Packages that were read, the last one last.
    sources: RefCell<Vec<(String, Rc<Sources>)>>,
}

/// The limit of packages of one lock file that cargo may fail to read; the others are not tried.
const TRIES: usize = 3;
/// The limit of notes about packages whose dependencies could not be read.
const NOTES: usize = 3;

impl Dependencies {
    /// Creates the answers for these packages; those of earlier runs come from the target folder.
    #[must_use]
    pub fn of(sources: &Sources) -> Self {
        let manifests = sources.packages.iter().map(|package| package.root.join("Cargo.toml"));
        Self { manifests: manifests.collect(), kept: true, ..Self::default() }
    }

    /// Stores the results for later runs.
    pub fn keep(&self) {
        self.stores.borrow_mut().values_mut().for_each(Store::write);
    }

    fn graph(&self, manifest: &Path) -> Option<Rc<Graph>> {
        if let Some(known) = self.graphs.borrow().get(manifest) {
            return known.clone();
        }
        let found = self
            .graphs
            .borrow()
            .values()
            .flatten()
            .find(|graph| graph.by_manifest(manifest).is_some())
            .cloned();
        let graph = match found {
            Some(graph) => Some(graph),
            // A file that is in no package.
            None if !manifest.is_file() => None,
            None => self.located(manifest),
        };
        self.graphs.borrow_mut().insert(manifest.to_owned(), graph.clone());
        graph
    }

    /// Returns the dependency graph of a workspace according to cargo, which runs once.
    fn located(&self, manifest: &Path) -> Option<Rc<Graph>> {
        let root = cache::root(manifest);
        let failed = |root: &PathBuf| self.failed.borrow().get(root).copied().unwrap_or(0);
        // A package below the workspace's folder need not be a member.
        if root.as_ref().is_some_and(|root| failed(root) >= TRIES) {
            return None;
        }
        let known = root.as_ref().is_some_and(|root| {
            self.stores.borrow().get(root).is_some_and(|store| store.failed(manifest))
        });
        let located = match &root {
            Some(_) if known => Err(not_read(manifest, "as in an earlier run")),
            Some(_) => locate(manifest),
            None => Err(not_read(manifest, "there is no Cargo.lock")),
        };
        match located {
            Ok(graph) => Some(Rc::new(graph)),
            Err(words) => {
                if let Some(root) = &root
                    && let Some(store) = self.stores.borrow_mut().get_mut(root)
                {
                    store.fail(manifest);
                }
                let found = root
                    .as_deref()
                    .and_then(|root| cargo_lock::graph(root, &self.manifests, &self.read));
                if let Some(found) = found.filter(|found| found.by_manifest(manifest).is_some()) {
                    return Some(Rc::new(found));
                }
                self.notes.borrow_mut().push(words);
                if let Some(root) = root {
                    *self.failed.borrow_mut().entry(root).or_default() += 1;
                }
                None
            }
        }
    }

    /// Returns notes on the sources that could not be read, with the step that fixes each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.borrow().clone();
        if notes.len() > NOTES {
            let more = notes.len() - NOTES;
            notes.truncate(NOTES);
            notes.push(format!("the same holds for {more} more packages"));
        }
        notes
    }

    /// Returns name and version of the crate that a package's code calls `krate`.
    #[must_use]
    pub fn package(&self, manifest: &Path, krate: &str) -> Option<(String, String)> {
        let (graph, id) = self.dependency(self.graph(manifest)?, manifest, krate)?;
        let found = &graph.packages[&id];
        Some((found.name.clone(), found.version.clone()))
    }

    /// Returns the id of the crate that a package's code calls `krate`, with the graph that has it.
    fn dependency(
        &self,
        graph: Rc<Graph>,
        manifest: &Path,
        krate: &str,
    ) -> Option<(Rc<Graph>, String)> {
        let direct = |graph: &Rc<Graph>| {
            let (id, _) = graph.dependency(graph.by_manifest(manifest)?, krate)?;
            Some((Rc::clone(graph), id.to_owned()))
        };
        let of_members = || by_lib(&graph, krate).map(|(id, _)| (Rc::clone(&graph), id.to_owned()));
        direct(&graph)
            // An optional dependency whose feature is off: cargo does not resolve it, but the lock file has it.
            .or_else(|| direct(&self.locked(&cache::root(manifest)?)?))
            // It may be an alias of another member.
            .or_else(of_members)
    }

    fn locked(&self, root: &Path) -> Option<Rc<Graph>> {
        let mut known = self.locked.borrow_mut();
        let read = || cargo_lock::graph(root, &self.manifests, &self.read).map(Rc::new);
        known.entry(root.to_owned()).or_insert_with(read).clone()
    }

    /// Returns the version of the package `name` that a package's dependency `krate` depends on.
    #[must_use]
    pub fn inner_version(&self, manifest: &Path, krate: &str, name: &str) -> Option<String> {
        let (graph, id) = self.dependency(self.graph(manifest)?, manifest, krate)?;
        let inner = graph.packages.get(&id)?.dependencies.values();
        let mut inner = inner.filter_map(|id| graph.packages.get(id));
        inner.find(|inner| inner.name == name).map(|inner| inner.version.clone())
    }

    /// Returns the version of a package that another one depends on: the resolved one, or the one in its manifest.
    #[must_use]
    pub fn version(&self, manifest: &Path, name: &str) -> Option<String> {
        let Some(graph) = self.graph(manifest) else { return requirement::of(manifest, name) };
        let package = graph.by_manifest(manifest)?;
        let ids = package.dependencies.values();
        let mut found = ids.filter_map(|id| graph.packages.get(id));
        found.find(|found| found.name == name).map(|found| found.version.clone())
    }

    /// Returns the verdict on a type, named by the path that a package's code has for it.
    #[must_use]
    pub fn verdict(&self, manifest: &Path, path: &str) -> Verdict {
        let root = cache::root(manifest).filter(|_| self.kept);
        if let Some(root) = &root {
            let mut stores = self.stores.borrow_mut();
            let store =
                stores.entry(root.clone()).or_insert_with(|| Store::read(root, &self.manifests));
            if let Some(known) = store.answer(manifest, path) {
                return known;
            }
        }
        let (verdict, stable) = self.read_verdict(manifest, path);
        // The answer for absent sources is stored, too; it ends when cargo downloads sources.
        if let Some(root) = root.filter(|_| stable || matches!(verdict, Verdict::Absent(_)))
            && let Some(store) = self.stores.borrow_mut().get_mut(&root)
        {
            store.keep(manifest, path, verdict.clone());
        }
        verdict
    }

    /// Reads the verdict from the sources. Also returns `true` if it stays true as long as the lock file is the same.
    fn read_verdict(&self, manifest: &Path, path: &str) -> (Verdict, bool) {
        let Some(graph) = self.graph(manifest) else {
            let why = "its sources were not read: run `cargo fetch`";
            return (Verdict::Absent(why.to_owned()), false);
        };
        let krate = path.split("::").next().unwrap_or(path);
        let Some((graph, id)) = self.dependency(graph, manifest, krate) else {
            return (Verdict::Unknown(format!("no dependency is called `{krate}`")), true);
        };
        let package = &graph.packages[&id];
        let answer = self.ask(&graph, &id, path, &mut BTreeSet::new());
        (named(&answer, &format!("{} {}", package.name, package.version)), answer.stable)
    }
}

/// Returns the verdict with the name and version of the sources.
fn named(answer: &Answer, name: &str) -> Verdict {
    match &answer.verdict {
        Verdict::Clean(_) if answer.private => Verdict::Clean(format!(
            "{name}: its lock is private, no method returns a guard, and no closure of a caller runs under it"
        )),
        Verdict::Clean(_) => Verdict::Clean(format!("{name}: no lock in its sources")),
        Verdict::Lock(way) => Verdict::Lock(format!("{name}: {way}")),
        Verdict::Unknown(why) => Verdict::Unknown(format!("{name}: {why}")),
        Verdict::Missing(why) => Verdict::Missing(format!("{name}: {why}")),
        Verdict::Absent(why) => Verdict::Absent(format!("{name}: {why}")),
    }
}

/// Returns a package by the name of its library, the newest first.
fn by_lib<'g>(graph: &'g Graph, krate: &str) -> Option<(&'g str, &'g Located)> {
    let named = graph
        .packages
        .iter()
        .filter(|(_, package)| package.lib.as_ref().is_some_and(|(name, _)| name == krate));
    named.max_by(|a, b| a.1.version.cmp(&b.1.version)).map(|(id, package)| (id.as_str(), package))
}
