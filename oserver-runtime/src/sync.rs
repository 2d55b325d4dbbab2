//! Primitives that threads share: std's, or loom's when the model checker runs the lock-free parts.

use std::pin::pin;
use std::sync::PoisonError;

use tokio::sync::Notify;

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

/// A fact that several threads read. A thread that sees it also sees all earlier writes.
#[derive(Debug, Default)]
pub(crate) struct Flag(std::sync::atomic::AtomicBool);

impl Flag {
    pub(crate) fn set(&self, value: bool) {
        // Read first: a write takes the cache line from all other threads.
        if self.get() != value {
            self.0.store(value, Ordering::Release);
        }
    }

    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Waits until `is_so`, which can become so only when `changed` is notified.
pub(crate) async fn until(changed: &Notify, is_so: impl Fn() -> bool) {
    loop {
        let mut notified = pin!(changed.notified());
        // Before the look.
        notified.as_mut().enable();
        if is_so() {
            return;
        }
        notified.await;
    }
}
