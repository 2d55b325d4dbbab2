//! How many threads may be abandoned before the process is unrecoverable.

use crate::sync::{AtomicUsize, Ordering};

/// How many threads handlers may hold past their deadlines by default.
pub(crate) const DEFAULT: usize = 256;

/// Threads past their deadline. A thread cannot be killed, only abandoned.
#[derive(Debug)]
pub(crate) struct ThreadBudget {
    limit: AtomicUsize,
    abandoned: AtomicUsize,
}

impl Default for ThreadBudget {
    fn default() -> Self {
        Self { limit: AtomicUsize::new(DEFAULT), abandoned: AtomicUsize::new(0) }
    }
}

impl ThreadBudget {
    pub(crate) fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Returns how many stuck polls of one route open its breaker: half of the budget.
    pub(crate) fn route_limit(&self) -> u32 {
        u32::try_from(self.limit() / 2).unwrap_or(u32::MAX).max(1)
    }

    pub(crate) fn abandoned(&self) -> usize {
        self.abandoned.load(Ordering::Relaxed)
    }

    pub(crate) fn abandon(&self) -> usize {
        self.abandoned.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn come_back(&self) -> usize {
        self.abandoned.fetch_sub(1, Ordering::Relaxed) - 1
    }

    pub(crate) fn is_exceeded(&self) -> bool {
        self.abandoned() > self.limit()
    }
}
