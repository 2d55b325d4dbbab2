//! Answers for one type, package by package: its own sources first, then those that it leads to.

use std::collections::BTreeSet;

use super::{Dependencies, Graph, Located, Verdict, type_search};

/// The answer for one type, and the conditions under which it stays true.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    /// `true` if the type has a lock that only its own crate can hold.
    pub(super) private: bool,
    /// `true` if the answer stays true as long as the lock file is the same.
    pub(super) stable: bool,
}

/// The limit of packages that are read for one type.
const PACKAGES: usize = 60;

/// Crates whose types have no lock that a user can hold, although their sources may seem to have one: crates in
/// oserver's own list, and crates that consist of `unsafe` code.
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

impl Answer {
    fn new(verdict: Verdict) -> Self {
        Self { verdict, private: false, stable: true }
    }
}

impl Dependencies {
    pub(super) fn ask(
        &self,
        graph: &Graph,
        id: &str,
        path: &str,
        read: &mut BTreeSet<String>,
    ) -> Answer {
        let key = (id.to_owned(), path.to_owned());
        if let Some(known) = self.verdicts.borrow().get(&key) {
            return known.clone();
        }
        let clean = Answer::new(Verdict::Clean(String::new()));
        // A recursive type adds nothing to its own answer.
        self.verdicts.borrow_mut().insert(key.clone(), clean);
        let mut answer = self.find(graph, id, path, read);
        answer.stable &= graph.packages.get(id).is_some_and(|package| package.registry);
        self.verdicts.borrow_mut().insert(key, answer.clone());
        answer
    }

    fn find(&self, graph: &Graph, id: &str, path: &str, read: &mut BTreeSet<String>) -> Answer {
        let unknown = |why: String| Answer::new(Verdict::Unknown(why));
        let Some(package) = graph.packages.get(id) else {
            return unknown("it is not in the dependency graph".to_owned());
        };
        if read.insert(id.to_owned()) && read.len() > PACKAGES {
            return unknown("it depends on too many crates".to_owned());
        }
        let Some(found) = self.findings(graph, id, package, path) else {
            let here = package.manifest.is_file();
            return match here {
                true => unknown("it has no library".to_owned()),
                false => Answer {
                    stable: false,
                    ..Answer::new(Verdict::Absent(
                        "its sources are not here: run `cargo fetch`".to_owned(),
                    ))
                },
            };
        };
        if let Some(way) = found.locks.first() {
            return Answer::new(Verdict::Lock(way.clone()));
        }
        if let Some(why) = found.unknown.first() {
            let missing = found.missing;
            let verdict = if missing { Verdict::Missing } else { Verdict::Unknown };
            return Answer::new(verdict(why.clone()));
        }
        let (mut private, mut stable) = (found.private, true);
        for (path, way, open) in &found.external {
            let krate = path.split("::").next().unwrap_or(path);
            if CLEAN.contains(&krate) {
                continue;
            }
            // The package's features do not enable this dependency, so the code is not compiled.
            let Some((id, _)) = graph.dependency(package, krate) else { continue };
            let inner = self.ask(graph, id, path, read);
            private |= inner.private;
            stable &= inner.stable;
            match inner.verdict {
                Verdict::Clean(_) => {}
                // Another crate's lock in a private field is private.
                Verdict::Lock(_) if !open => private = true,
                Verdict::Lock(inner) => {
                    let way = format!("`{path}` in {way}: {inner}");
                    return Answer { verdict: Verdict::Lock(way), private: false, stable };
                }
                Verdict::Unknown(_) | Verdict::Missing(_) | Verdict::Absent(_) if !open => {
                    private = true;
                }
                Verdict::Unknown(why) | Verdict::Missing(why) | Verdict::Absent(why) => {
                    let why = Verdict::Unknown(format!("`{path}` in {way}: {why}"));
                    return Answer { verdict: why, private: false, stable };
                }
            }
        }
        Answer { verdict: Verdict::Clean(String::new()), private, stable }
    }

    /// Reads the sources of one package, or takes the findings of an earlier run; `None` without a library.
    fn findings(
        &self,
        graph: &Graph,
        id: &str,
        package: &Located,
        path: &str,
    ) -> Option<type_search::Findings> {
        let (_, below) = path.split_once("::").unwrap_or((path, ""));
        let known =
            self.stores.borrow().get(&graph.root).and_then(|store| store.findings(package, below));
        if known.is_some() {
            return known;
        }
        let sources = self.sources(id, package)?;
        let found = type_search::look(&sources, &below.split("::").collect::<Vec<_>>());
        if let Some(store) = self.stores.borrow_mut().get_mut(&graph.root) {
            store.keep_findings(package, below, &found);
        }
        Some(found)
    }
}
