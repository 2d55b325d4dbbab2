//! Only here for its tests, and for a type that they have of another crate.

use std::sync::{Arc, Mutex};

/// A cache that says nothing of the lock inside.
#[derive(Clone, Debug, Default)]
pub struct Cache(Arc<Mutex<Vec<String>>>);

impl Cache {
    /// The first entry.
    #[must_use]
    pub fn first(&self) -> Option<String> {
        self.0.lock().ok()?.first().cloned()
    }
}
