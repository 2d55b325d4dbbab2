//! The state owners of one runtime: for each the entry under which everything is counted.
//!
//! An entry is written by its owner without a lock, and read by whoever wants to know: liveness and the
//! admin page.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::conduct::Conduct;
use crate::clock;

/// One state owner, from its first start to its end. Counters only grow; `queued` is of this moment.
#[derive(Debug)]
pub(crate) struct OwnerEntry {
    name: String,
    /// How often it was started anew.
    pub(crate) restarts: AtomicU64,
    /// Panics: in a command, the factory, or a drop.
    pub(crate) panics: AtomicU64,
    /// Restarts because a command took longer than it may.
    pub(crate) overruns: AtomicU64,
    /// Factories that returned an error.
    pub(crate) failed_starts: AtomicU64,
    /// Commands that were answered with a value.
    pub(crate) answered: AtomicU64,
    /// Commands that nobody waited for any more when it was their turn.
    pub(crate) expired: AtomicU64,
    /// Commands for which the mailbox had no room.
    pub(crate) refused: AtomicU64,
    /// Commands that wait in the mailbox.
    pub(crate) queued: AtomicUsize,
    /// Its state is there: it was started, and has not ended since.
    pub(crate) running: AtomicBool,
    /// Until when more restarts lie in the window than the budget allows; of [`clock`].
    over_budget_until: AtomicU64,
    /// Where its polls may run, and how many threads it holds for ever.
    conduct: Conduct,
}

impl OwnerEntry {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            restarts: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            overruns: AtomicU64::new(0),
            failed_starts: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            expired: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            queued: AtomicUsize::new(0),
            running: AtomicBool::new(false),
            over_budget_until: AtomicU64::new(0),
            conduct: Conduct::new(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn conduct(&self) -> &Conduct {
        &self.conduct
    }

    /// Threads that are blocked in its commands and were given up.
    #[cfg(feature = "admin")]
    pub(crate) fn abandoned(&self) -> u32 {
        self.conduct.stuck()
    }

    /// Whether it was started anew more often of late than its budget allows: liveness falls.
    pub(crate) fn is_over_budget(&self) -> bool {
        let until = self.over_budget_until.load(Ordering::Relaxed);
        until > 0 && clock::now() < until
    }

    pub(crate) fn set_over_budget_until(&self, time: u64) {
        self.over_budget_until.fetch_max(time, Ordering::Relaxed);
    }
}

/// All owners of one runtime that have not ended.
#[derive(Debug, Default)]
pub(crate) struct OwnerTable {
    /// Taken when an owner is made, and by those who want to know.
    entries: Mutex<Vec<Weak<OwnerEntry>>>,
}

impl OwnerTable {
    pub(crate) fn add(&self, entry: &Arc<OwnerEntry>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.strong_count() > 0);
        entries.push(Arc::downgrade(entry));
    }

    /// The owners that there are, in the order in which they were made.
    pub(crate) fn entries(&self) -> Vec<Arc<OwnerEntry>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().filter_map(Weak::upgrade).collect()
    }

    /// One that cannot be kept up: liveness falls.
    pub(crate) fn over_budget(&self) -> Option<Arc<OwnerEntry>> {
        self.entries().into_iter().find(|entry| entry.is_over_budget())
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_listed_until_it_has_ended() {
        let table = OwnerTable::default();
        let (first, second) =
            (Arc::new(OwnerEntry::new("first".into())), Arc::new(OwnerEntry::new("second".into())));
        table.add(&first);
        table.add(&second);
        drop(first);
        let names: Vec<_> = table.entries().iter().map(|entry| entry.name().to_owned()).collect();
        assert_eq!(names, ["second"]);
    }

    #[test]
    fn it_is_over_budget_until_the_window_has_slid() {
        let table = OwnerTable::default();
        let entry = Arc::new(OwnerEntry::new("owner".into()));
        table.add(&entry);
        assert!(table.over_budget().is_none());
        entry.set_over_budget_until(clock::now() + 60_000_000_000);
        assert_eq!(table.over_budget().map(|entry| entry.name().to_owned()), Some("owner".into()));
        let past = OwnerEntry::new("other".into());
        past.set_over_budget_until(clock::now());
        assert!(!past.is_over_budget());
    }
}
