//! Permits: how many polls of user code run on workers at a time. One worker is always left for connections.

use crate::sync::{AtomicUsize, Ordering};

/// Invariant: at most `permits` [`Permit`]s exist at any time, and a dropped permit can be taken again.
#[derive(Debug)]
pub(crate) struct Permits {
    permits: usize,
    taken: AtomicUsize,
    /// Permits whose polls the watchdog has seen twice.
    held: AtomicUsize,
}

/// The right to poll on a worker, once.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a Permits);

impl Permits {
    pub(crate) fn new(permits: usize) -> Self {
        Self { permits, taken: AtomicUsize::new(0), held: AtomicUsize::new(0) }
    }

    pub(crate) fn try_acquire(&self) -> Option<Permit<'_>> {
        // Counting first may refuse one too many for a moment; it never admits one too many.
        if self.taken.fetch_add(1, Ordering::AcqRel) < self.permits {
            return Some(Permit(self));
        }
        self.taken.fetch_sub(1, Ordering::AcqRel);
        None
    }
}

impl Permits {
    /// Watchdog: sets how many polls have held their permit for two looks of the watchdog.
    pub(crate) fn set_held(&self, held: usize) {
        // Read first: so many threads read this value that a write would cost them time.
        if self.held.load(Ordering::Relaxed) != held {
            self.held.store(held, Ordering::Relaxed);
        }
    }

    /// Returns `true` if a permit may be free in a moment: some permits are held by polls that do not take long.
    pub(crate) fn is_only_crowded(&self) -> bool {
        self.held.load(Ordering::Relaxed) < self.permits
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_there_are_permits() {
        let semaphore = Permits::new(2);
        let first = semaphore.try_acquire().expect("a permit");
        let _second = semaphore.try_acquire().expect("another");
        assert!(semaphore.try_acquire().is_none());
        drop(first);
        assert!(semaphore.try_acquire().is_some());
        assert!(Permits::new(0).try_acquire().is_none());
        assert!(!Permits::new(0).is_only_crowded());
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use super::*;
    use loom::sync::Arc;

    #[test]
    fn never_more_than_there_are_permits_and_none_is_lost() {
        loom::model(|| {
            let semaphore = Arc::new(Permits::new(1));
            let inside = Arc::new(AtomicUsize::new(0));
            let poll = |semaphore: &Permits, inside: &AtomicUsize| {
                if let Some(permit) = semaphore.try_acquire() {
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(permit);
                }
            };
            let other = {
                let (semaphore, inside) = (Arc::clone(&semaphore), Arc::clone(&inside));
                loom::thread::spawn(move || poll(&semaphore, &inside))
            };
            poll(&semaphore, &inside);
            other.join().unwrap();
            assert!(semaphore.try_acquire().is_some(), "a permit was lost");
        });
    }
}
