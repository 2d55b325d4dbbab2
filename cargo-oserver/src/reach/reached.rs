//! The locks and other types that a type leads to.

use std::rc::Rc;

use crate::syntax::Place;

/// One step from a type towards a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Into the files of the sources.
    pub file: u32,
    pub place: Place,
    /// `AppState.users: Arc<Mutex<Vec<User>>>`
    pub what: String,
}

/// A lock that can be reached, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// `std::sync::Mutex`
    pub name: Rc<str>,
    pub chain: Vec<Step>,
    /// Where the sources of another crate have it: `scc 2.1.0: …`.
    pub source: Option<Rc<str>>,
}

/// The locks and other types that can be reached from a type.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    pub locks: Vec<Lock>,
    /// Semaphores: locks if they have one permit.
    pub gates: Vec<Lock>,
    /// A part of it could not be resolved, or no person vouches for it.
    pub unknown: bool,
    /// Those parts, as far as they have a name.
    pub unresolved: Vec<Unresolved>,
    /// Types of other crates whose sources answered.
    pub read: Vec<Read>,
}

/// An unknown type: no person vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub path: Rc<str>,
    /// Why the sources of its crate do not answer, if they were asked.
    pub why: Option<Rc<str>>,
}

/// A type of another crate, and what the sources of that crate say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub path: Rc<str>,
    pub answer: Answer,
}

/// The answer of a crate's sources about one of its types. The words begin with name and version of what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Clean(Rc<str>),
    /// The way to a lock that users of the type can hold.
    Lock(Rc<str>),
    Unknown(Rc<str>),
}

impl Answer {
    /// `clean`, `lock` or `unknown`, and the words with it.
    #[must_use]
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Clean(words) => ("clean", words),
            Self::Lock(words) => ("lock", words),
            Self::Unknown(words) => ("unknown", words),
        }
    }
}

/// Answers for types of other crates that the table does not have.
pub trait Foreign {
    fn ask(&self, path: &str) -> Answer;
}

impl Reached {
    pub(super) fn unresolved(&mut self, path: &Rc<str>, why: Option<Rc<str>>) {
        self.unknown = true;
        if !self.unresolved.iter().any(|known| known.path == *path) {
            self.unresolved.push(Unresolved { path: Rc::clone(path), why });
        }
    }
}
