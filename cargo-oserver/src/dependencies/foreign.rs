//! Answers for types that the table does not have, from the sources of their crates.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

use super::{Dependencies, Verdict};
use crate::load::Sources;
use crate::reach::{Answer, Foreign};

/// The dependencies of all packages that were read; looks types up by the paths in the code.
#[derive(Debug)]
pub struct OfSources<'d> {
    dependencies: &'d Dependencies,
    /// Manifests of the packages that have a dependency of a name.
    users: HashMap<String, Vec<PathBuf>>,
    answers: RefCell<HashMap<String, Answer>>,
}

impl<'d> OfSources<'d> {
    #[must_use]
    pub fn new(dependencies: &'d Dependencies, sources: &Sources) -> Self {
        let mut users: HashMap<String, Vec<PathBuf>> = HashMap::new();
        for package in &sources.packages {
            for dependency in package.dependencies.iter().filter(|known| known.path.is_none()) {
                let manifests = users.entry(dependency.name.clone()).or_default();
                manifests.push(package.root.join("Cargo.toml"));
            }
        }
        Self { dependencies, users, answers: RefCell::default() }
    }

    /// Packages may have several versions of the crate. The worst answer among them counts.
    fn look(&self, path: &str) -> Answer {
        let krate = path.split("::").next().unwrap_or(path);
        let users = self.users.get(krate).into_iter().flatten();
        let answers = users.map(|manifest| self.dependencies.verdict(manifest, path));
        match answers.max_by_key(rank) {
            Some(Verdict::Clean(words)) => Answer::Clean(words.into()),
            Some(Verdict::Lock(words)) => Answer::Lock(words.into()),
            Some(Verdict::Unknown(words) | Verdict::Missing(words) | Verdict::Absent(words)) => {
                Answer::Unknown(words.into())
            }
            None => Answer::Unknown("its crate is not a dependency".into()),
        }
    }
}

fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Absent(_) => 0,
        Verdict::Clean(_) => 1,
        Verdict::Unknown(_) | Verdict::Missing(_) => 2,
        Verdict::Lock(_) => 3,
    }
}

impl Foreign for OfSources<'_> {
    fn ask(&self, path: &str) -> Answer {
        if let Some(known) = self.answers.borrow().get(path) {
            return known.clone();
        }
        let answer = self.look(path);
        self.answers.borrow_mut().insert(path.to_owned(), answer.clone());
        answer
    }
}
