//! Answers for one type, package by package: its own sources first, then those that it leads to.

use std::collections::BTreeSet;

use super::{Dependencies, Graph, Located, Verdict, judge};

/// The answer for one type, and how far it holds.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    /// Whether there is a lock that only the crate itself holds.
    pub(super) private: bool,
    /// Whether nothing that was read can change while the lock file stays the same.
    pub(super) stable: bool,
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
        // A type that leads back to itself adds nothing to its own answer.
        self.verdicts.borrow_mut().insert(key.clone(), clean);
        let mut answer = self.judge(graph, id, path, read);
        answer.stable &= graph.packages.get(id).is_some_and(|package| package.registry);
        self.verdicts.borrow_mut().insert(key, answer.clone());
        answer
    }

    fn judge(&self, graph: &Graph, id: &str, path: &str, read: &mut BTreeSet<String>) -> Answer {
        let unknown = |why: String| Answer::new(Verdict::Unknown(why));
        let Some(package) = graph.packages.get(id) else {
            return unknown("it is not in the dependency graph".to_owned());
        };
        if read.insert(id.to_owned()) && read.len() > PACKAGES {
            return unknown("too many crates are behind it".to_owned());
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
            // With the features that it has, the package does not depend on it: the code is not compiled.
            let Some((id, _)) = graph.dependency(package, krate) else { continue };
            let inner = self.ask(graph, id, path, read);
            private |= inner.private;
            stable &= inner.stable;
            match inner.verdict {
                Verdict::Clean(_) => {}
                // A lock of another crate that is a private part of this one is private.
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
    ) -> Option<judge::Findings> {
        let (_, below) = path.split_once("::").unwrap_or((path, ""));
        let known =
            self.stores.borrow().get(&graph.root).and_then(|store| store.findings(package, below));
        if known.is_some() {
            return known;
        }
        let sources = self.sources(id, package)?;
        let found = judge::look(&sources, &below.split("::").collect::<Vec<_>>());
        if let Some(store) = self.stores.borrow_mut().get_mut(&graph.root) {
            store.keep_findings(package, below, &found);
        }
        Some(found)
    }
}
