//! Definitions of a lint and of a finding: the words that lints and reports share.

use std::path::PathBuf;

use crate::reach::Step;
use crate::syntax::Place;

/// A lint.
#[derive(Debug)]
pub struct Lint {
    /// The stable name, which baselines, configuration and comments use.
    pub name: &'static str,
    pub level: Level,
    /// One sentence.
    pub summary: &'static str,
    /// Why it matters and what to do, as Markdown.
    pub page: &'static str,
}

/// The effect of a finding on the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Allow,
    Warn,
    /// The run fails.
    Deny,
}

impl Level {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// The handler that a finding is about.
#[derive(Clone, Debug)]
pub struct HandlerRef {
    pub name: String,
    pub param: Option<usize>,
    /// `parameter`, `self`, `capture`, `extensions` or `static`.
    pub via: &'static str,
}

#[derive(Clone, Debug)]
pub struct Finding {
    pub lint: &'static Lint,
    pub level: Level,
    /// The index of the file in the sources; `None` if `path` names a file that was not read.
    pub file: Option<u32>,
    pub path: Option<PathBuf>,
    pub place: Place,
    pub message: String,
    pub help: String,
    pub handler: Option<HandlerRef>,
    pub chain: Vec<Step>,
    /// The subject of the finding, by a name that stays when lines move.
    pub subject: String,
    /// The lock of the finding, if there is one.
    pub lock: Option<LockRef>,
    /// Further handlers that reach the same thing.
    pub others: Vec<Step>,
}

/// A lock, identified by names that stay the same when lines move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockRef {
    /// `App.users`, `static COUNT`: the same for all findings about one lock.
    pub key: String,
    /// `std::sync::Mutex`
    pub kind: String,
    /// The text of its declaration, or of the parameter that brings it.
    pub text: String,
}

impl Finding {
    #[must_use]
    pub fn new(lint: &'static Lint, file: Option<u32>, place: Place) -> Self {
        Self {
            lint,
            level: lint.level,
            file,
            path: None,
            place,
            message: String::new(),
            help: String::new(),
            handler: None,
            chain: Vec::new(),
            subject: String::new(),
            lock: None,
            others: Vec::new(),
        }
    }
}
