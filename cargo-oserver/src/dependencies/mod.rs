//! Types of other crates, from their sources: whether a lock can be reached through one, and in which version that
//! was read.

mod conditions;
mod exposes;
mod judge;
mod locate;
mod of_type;
mod read;
mod requirement;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub use locate::{Graph, Located, locate};

use crate::load::Sources;

/// What the sources say of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No lock that its users could hold: with what was read, and what was found.
    Clean(String),
    /// The way to a lock.
    Lock(String),
    /// Why it could not be found out.
    Unknown(String),
    /// The crate has no type of this name, as far as its sources show.
    Missing(String),
}

impl Verdict {
    /// `clean`, `lock` or `unknown`, and the words with it.
    #[must_use]
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Clean(words) => ("clean", words),
            Self::Lock(words) => ("lock", words),
            Self::Unknown(words) | Self::Missing(words) => ("unknown", words),
        }
    }
}

/// The dependencies of all workspaces that were asked about.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// By the manifest of a package that has them.
    graphs: RefCell<HashMap<PathBuf, Option<Rc<Graph>>>>,
    notes: RefCell<Vec<String>>,
    /// By the id of a package, and the path of a type in it.
    verdicts: RefCell<HashMap<(String, String), Answer>>,
    /// Packages that were read.
    sources: RefCell<HashMap<String, Rc<Sources>>>,
}

/// What is known of a type, and of what it was said.
#[derive(Clone, Debug)]
struct Answer {
    verdict: Verdict,
    /// Whether there is a lock that only the crate itself holds.
    private: bool,
}

/// At most so many packages are read for one type.
const PACKAGES: usize = 60;

/// Crates whose types have no lock that a user could hold, whatever their sources look like: those of which oserver's
/// own list says so, and those that are made of `unsafe` code.
const CLEAN: &[&str] = &[
    "std",
    "core",
    "alloc",
    "tokio",
    "bytes",
    "http",
    "once_cell",
    "arc_swap",
    "uuid",
    "chrono",
    "serde_json",
    "smallvec",
    "arrayvec",
    "indexmap",
    "hashbrown",
    "tracing",
    "libc",
    "futures_core",
    "futures_channel",
    "portable_atomic",
    "crossbeam_utils",
    "triomphe",
    "url",
    "time",
    "ring",
    "rustls",
    "rustls_pki_types",
];

impl Dependencies {
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
            None => match locate(manifest) {
                Ok(graph) => Some(Rc::new(graph)),
                Err(words) => {
                    self.notes.borrow_mut().push(words);
                    None
                }
            },
        };
        self.graphs.borrow_mut().insert(manifest.to_owned(), graph.clone());
        graph
    }

    /// What could not be read, and what to do about it.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.notes.borrow().clone()
    }

    /// Name and version of what a package's code calls `krate`.
    #[must_use]
    pub fn package(&self, manifest: &Path, krate: &str) -> Option<(String, String)> {
        let graph = self.graph(manifest)?;
        let package = graph.by_manifest(manifest)?;
        let found = graph.dependency(package, krate).or_else(|| by_lib(&graph, krate));
        let (_, found) = found?;
        Some((found.name.clone(), found.version.clone()))
    }

    /// The version of a package that another one depends on: what was resolved, or what its manifest asks for.
    #[must_use]
    pub fn version(&self, manifest: &Path, name: &str) -> Option<String> {
        let Some(graph) = self.graph(manifest) else { return requirement::of(manifest, name) };
        let package = graph.by_manifest(manifest)?;
        let ids = package.dependencies.values();
        let mut found = ids.filter_map(|id| graph.packages.get(id));
        found.find(|found| found.name == name).map(|found| found.version.clone())
    }

    /// What the sources say of a type, by the path that a package's code has for it.
    #[must_use]
    pub fn verdict(&self, manifest: &Path, path: &str) -> Verdict {
        let Some(graph) = self.graph(manifest) else {
            return Verdict::Unknown("its sources were not read: run `cargo fetch`".to_owned());
        };
        let krate = path.split("::").next().unwrap_or(path);
        let found = graph
            .by_manifest(manifest)
            .and_then(|package| graph.dependency(package, krate))
            // An alias of another member, perhaps.
            .or_else(|| by_lib(&graph, krate));
        let Some((id, package)) = found else {
            return Verdict::Unknown(format!("no dependency is called `{krate}`"));
        };
        let mut read = BTreeSet::new();
        let answer = self.ask(&graph, id, path, &mut read);
        let name = format!("{} {}", package.name, package.version);
        match answer.verdict {
            Verdict::Clean(_) if answer.private => Verdict::Clean(format!(
                "{name}: what it locks is private, no guard leaves it and no closure of a caller runs in it"
            )),
            Verdict::Clean(_) => Verdict::Clean(format!("{name}: no lock in its sources")),
            Verdict::Lock(way) => Verdict::Lock(format!("{name}: {way}")),
            Verdict::Unknown(why) => Verdict::Unknown(format!("{name}: {why}")),
            Verdict::Missing(why) => Verdict::Missing(format!("{name}: {why}")),
        }
    }

    fn ask(&self, graph: &Graph, id: &str, path: &str, read: &mut BTreeSet<String>) -> Answer {
        let key = (id.to_owned(), path.to_owned());
        if let Some(known) = self.verdicts.borrow().get(&key) {
            return known.clone();
        }
        let clean = Answer { verdict: Verdict::Clean(String::new()), private: false };
        // What leads back to itself is what the rest of it is.
        self.verdicts.borrow_mut().insert(key.clone(), clean);
        let answer = self.judge(graph, id, path, read);
        self.verdicts.borrow_mut().insert(key, answer.clone());
        answer
    }

    fn judge(&self, graph: &Graph, id: &str, path: &str, read: &mut BTreeSet<String>) -> Answer {
        let unknown = |why: String| Answer { verdict: Verdict::Unknown(why), private: false };
        let Some(package) = graph.packages.get(id) else {
            return unknown("it is not in the dependency graph".to_owned());
        };
        if read.insert(id.to_owned()) && read.len() > PACKAGES {
            return unknown("too many crates are behind it".to_owned());
        }
        let Some(sources) = self.sources(id, package) else {
            return unknown("it has no library".to_owned());
        };
        let names: Vec<&str> = path.split("::").skip(1).collect();
        let found = judge::look(&sources, &names);
        if let Some(way) = found.locks.first() {
            return Answer { verdict: Verdict::Lock(way.clone()), private: false };
        }
        if let Some(why) = found.unknown.first() {
            let missing = found.missing;
            let verdict = if missing { Verdict::Missing } else { Verdict::Unknown };
            return Answer { verdict: verdict(why.clone()), private: false };
        }
        let mut private = found.private;
        for (path, way, open) in &found.external {
            let krate = path.split("::").next().unwrap_or(path);
            if CLEAN.contains(&krate) {
                continue;
            }
            // With the features that it has, the package does not depend on it: the code is not compiled.
            let Some((id, _)) = graph.dependency(package, krate) else { continue };
            let inner = self.ask(graph, id, path, read);
            private |= inner.private;
            match inner.verdict {
                Verdict::Clean(_) => {}
                // A lock of another crate that is a private part of this one is private.
                Verdict::Lock(_) if !open => private = true,
                Verdict::Lock(inner) => {
                    let way = format!("`{path}` in {way}: {inner}");
                    return Answer { verdict: Verdict::Lock(way), private: false };
                }
                Verdict::Unknown(_) | Verdict::Missing(_) if !open => private = true,
                Verdict::Unknown(why) | Verdict::Missing(why) => {
                    return unknown(format!("`{path}` in {way}: {why}"));
                }
            }
        }
        Answer { verdict: Verdict::Clean(String::new()), private }
    }
}

/// A package by the name of its library, the newest first.
fn by_lib<'g>(graph: &'g Graph, krate: &str) -> Option<(&'g str, &'g Located)> {
    let named = graph
        .packages
        .iter()
        .filter(|(_, package)| package.lib.as_ref().is_some_and(|(name, _)| name == krate));
    named.max_by(|a, b| a.1.version.cmp(&b.1.version)).map(|(id, package)| (id.as_str(), package))
}
