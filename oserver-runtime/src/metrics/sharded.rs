//! Values that all threads write and few read: each thread writes to a shard that few others write to, so that
//! cores seldom wait for each other's cache lines.

use std::array;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many shards there are. Further threads share a shard.
const SHARDS: usize = 8;

/// One `T` for each shard.
#[derive(Debug)]
pub(crate) struct Sharded<T>(Box<[Line<T>; SHARDS]>);

/// Two cache lines: processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Line<T>(T);

impl<T: Default> Default for Sharded<T> {
    fn default() -> Self {
        Self(Box::new(array::from_fn(|_| Line::default())))
    }
}

impl<T> Sharded<T> {
    /// Returns the shard that this thread writes to.
    pub(crate) fn own(&self) -> &T {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static OWN: usize = THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS;
        }
        &self.0[OWN.with(|own| *own)].0
    }

    /// Returns all shards, for a reader that adds them up.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|line| &line.0)
    }
}
