//! Changes that the command makes, one at a time: each can be reverted alone.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::edits::Edit;

/// The kinds of changes and of remaining decisions, as reports name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    Annotated,
    Derived,
    Trusted,
    Split,
    Closure,
    Manifest,
    Main,
    Actor,
    Router,
    Left,
    Reverted,
}

impl Action {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Annotated => "annotated",
            Self::Derived => "derived",
            Self::Trusted => "trusted",
            Self::Split => "split",
            Self::Closure => "closure",
            Self::Manifest => "manifest",
            Self::Main => "main",
            Self::Actor => "actor",
            Self::Router => "router",
            Self::Left => "left",
            Self::Reverted => "reverted",
        }
    }
}

/// The reason why a decision is left to the user, as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A lock can be reached.
    Lock,
    /// A type that is not known, or could not be read.
    UnknownType,
    /// A closure that captures a value.
    Captures,
    /// A method of a trait, or one with `self`.
    Method,
    /// Written by a macro.
    Macro,
    /// Not a function that the attribute takes.
    Signature,
    /// Its framework, or its framework's version, is not one that the attribute supports.
    Framework,
    /// Its package did not compile before.
    NotCompiling,
    /// The edit did not compile.
    CompileError,
    /// Another edit that it needs was reverted.
    Dependency,
    /// `main` or `axum::serve` with a runtime or arguments that oserver does not support.
    Server,
    /// A layer whose work the guard does first.
    Layer,
    /// A router with a method that oserver's router does not have.
    Router,
}

impl Reason {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::UnknownType => "unknown-type",
            Self::Captures => "captures",
            Self::Method => "method",
            Self::Macro => "macro",
            Self::Signature => "signature",
            Self::Framework => "framework",
            Self::NotCompiling => "not-compiling",
            Self::CompileError => "compile-error",
            Self::Dependency => "dependency",
            Self::Server => "server",
            Self::Router => "router",
            Self::Layer => "layer",
        }
    }
}

/// Edits that belong together.
#[derive(Clone, Debug)]
pub struct Change {
    pub action: Action,
    /// The handler's name, if the edit is about a handler.
    pub handler: Option<String>,
    pub file: PathBuf,
    pub line: u32,
    pub message: String,
    pub edits: Vec<(PathBuf, Edit)>,
    /// The ranges that an error can point at, in the text as it was read.
    pub extents: Vec<(PathBuf, Range<usize>)>,
    /// Changes without which this one does not compile, by their places in the plan.
    pub needs: Vec<usize>,
    /// `true` for an edit that only other edits need: it is reverted with the last of them.
    pub serves_others: bool,
    /// Functions whose type it changes: an error that names one may be caused by this edit.
    pub names: Vec<String>,
}

impl Change {
    pub(super) fn new(action: Action, file: &Path, line: u32, message: String) -> Self {
        Self {
            action,
            handler: None,
            file: file.to_owned(),
            line,
            message,
            edits: Vec::new(),
            extents: Vec::new(),
            needs: Vec::new(),
            serves_others: false,
            names: Vec::new(),
        }
    }

    pub(super) fn edit(mut self, edit: Edit) -> Self {
        self.edits.push((self.file.clone(), edit));
        self
    }

    /// Returns the files beside its own that it edits.
    #[must_use]
    pub fn also(&self) -> BTreeSet<&Path> {
        let files = self.edits.iter().map(|(path, _)| &**path);
        files.filter(|path| *path != self.file).collect()
    }

    pub(super) fn extent(mut self, range: Range<usize>) -> Self {
        self.extents.push((self.file.clone(), range));
        self
    }
}

/// A decision that is left to a person, and its place.
#[derive(Clone, Debug)]
pub struct Left {
    pub action: Action,
    pub reason: Reason,
    pub handler: Option<String>,
    pub file: PathBuf,
    pub line: u32,
    pub message: String,
}
