//! Names that are bound where an expression stands.

use crate::program::Resolved;
use crate::syntax::{Expr, Name};

/// One name.
#[derive(Clone, Debug)]
pub struct Local<'a> {
    pub name: Name,
    pub ty: Resolved,
    /// The expression that it was set to.
    pub init: Option<&'a Expr>,
    /// The expression that a pattern took it out of: `let Some(name) = expression`.
    pub part_of: Option<&'a Expr>,
}

/// Names in the order in which they were bound; a later one hides an earlier one.
#[derive(Clone, Debug, Default)]
pub struct Locals<'a> {
    list: Vec<Local<'a>>,
}

impl<'a> Locals<'a> {
    pub fn push(&mut self, local: Local<'a>) {
        self.list.push(local);
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Local<'a>> {
        self.list.iter().rev().find(|local| *local.name == *name)
    }

    /// The names that were bound before this one, from which its value was made.
    #[must_use]
    pub fn before(&self, name: &str) -> Self {
        let end = self.position(name).unwrap_or(self.list.len());
        Self { list: self.list[..end].to_vec() }
    }

    /// Returns the same names without the expressions that they were set to.
    #[must_use]
    pub fn sealed(&self) -> Self {
        let names = self.list.iter();
        Self { list: names.map(|local| Local { init: None, ..local.clone() }).collect() }
    }

    /// Returns how many names were bound before this one.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.list.iter().rposition(|local| *local.name == *name)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Removes all names after this length.
    pub fn truncate(&mut self, length: usize) {
        self.list.truncate(length);
    }
}
