//! Snapshots that an actor publishes, to be read without it.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

/// Returns the two sides of a value that is replaced as a whole and read without waiting. It is for values that each
/// request reads and that change rarely, such as a configuration or a price list.
///
/// Handlers have the [`Snapshot`], an actor the [`Publisher`].
///
/// ```
/// let (publisher, prices) = oserver_runtime::snapshot(vec![("apple", 3)]);
/// let before = prices.load();
/// publisher.publish(vec![("apple", 4)]);
/// assert_eq!(prices.load()[0], ("apple", 4));
/// // A reader keeps the value that it has loaded.
/// assert_eq!(before[0], ("apple", 3));
/// ```
pub fn snapshot<T>(value: T) -> (Publisher<T>, Snapshot<T>) {
    let shared = Arc::new(ArcSwap::from_pointee(value));
    (Publisher(Arc::clone(&shared)), Snapshot(shared))
}

/// The readers' side of a [`snapshot`].
pub struct Snapshot<T>(Arc<ArcSwap<T>>);

impl<T> Snapshot<T> {
    /// Returns the value that was published last. Takes no lock and never waits; costs a few nanoseconds.
    #[must_use]
    pub fn load(&self) -> Arc<T> {
        self.0.load_full()
    }
}

/// The actor's side of a [`snapshot`].
///
/// A factory clones it into each fresh actor; of several actors the last to publish counts.
pub struct Publisher<T>(Arc<ArcSwap<T>>);

impl<T> Publisher<T> {
    /// Replaces the value. Readers that have the last one keep it as long as they like; it is dropped
    /// with the last of them.
    pub fn publish(&self, value: T) {
        self.0.store(Arc::new(value));
    }

    /// Returns the value that was published last.
    #[must_use]
    pub fn load(&self) -> Arc<T> {
        self.0.load_full()
    }
}

impl<T> Clone for Snapshot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Clone for Publisher<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Snapshot<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Snapshot").field(&self.load()).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Publisher<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Publisher").field(&self.load()).finish()
    }
}

oserver_state::__derived! { [T] Snapshot<T>, held T }
