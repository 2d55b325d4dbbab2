//! Names of the sources. Each is kept once, for as long as the process runs: a workspace has a hundred times as many uses
//! of names as names.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

/// A name. A copy costs nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(&'static str);

static ALL: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

thread_local! {
    /// Names that this thread has met, so that it seldom waits for another.
    static MET: RefCell<HashSet<&'static str>> = RefCell::default();
}

impl Name {
    fn new(text: &str) -> Self {
        let met = MET.with_borrow(|met| met.get(text).copied());
        if let Some(known) = met {
            return Self(known);
        }
        let known = {
            let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
            let all = all.get_or_insert_default();
            match all.get(text) {
                Some(known) => *known,
                None => {
                    let kept: &'static str = Box::leak(Box::from(text));
                    all.insert(kept);
                    kept
                }
            }
        };
        MET.with_borrow_mut(|met| met.insert(known));
        Self(known)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
