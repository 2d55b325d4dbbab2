//! Primitives of the lock-free parts: std's, or loom's when the model checker runs them.

use std::sync::PoisonError;

#[cfg(not(all(test, oserver_loom)))]
use std::sync as primitives;

#[cfg(all(test, oserver_loom))]
use loom::sync as primitives;

pub(crate) use primitives::atomic::{
    AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
pub(crate) use primitives::{Condvar, MutexGuard};

/// A mutex without poison: nothing under a lock of this crate can panic half-way.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(primitives::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(primitives::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
