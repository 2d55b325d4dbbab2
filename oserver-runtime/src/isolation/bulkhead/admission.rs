//! How many polls of users' code run on workers at a time: never so many that no worker is left for
//! connections.

use crate::sync::{AtomicUsize, Ordering};

/// Invariant: at most `places` [`Place`]s exist at any time, and each that is dropped can be had
/// again.
#[derive(Debug)]
pub(crate) struct Admission {
    places: usize,
    taken: AtomicUsize,
    /// Places whose polls the watchdog has seen twice.
    held: AtomicUsize,
}

/// The right to poll on a worker, once.
#[derive(Debug)]
pub(crate) struct Place<'a>(&'a Admission);

impl Admission {
    pub(crate) fn new(places: usize) -> Self {
        Self { places, taken: AtomicUsize::new(0), held: AtomicUsize::new(0) }
    }

    pub(crate) fn try_enter(&self) -> Option<Place<'_>> {
        // Counting first may refuse one too many for a moment; it never admits one too many.
        if self.taken.fetch_add(1, Ordering::AcqRel) < self.places {
            return Some(Place(self));
        }
        self.taken.fetch_sub(1, Ordering::AcqRel);
        None
    }
}

impl Admission {
    /// Watchdog: how many polls hold their place for longer than it takes to look twice.
    pub(crate) fn set_held(&self, held: usize) {
        // Read first: so many threads read it that a write would be felt.
        if self.held.load(Ordering::Relaxed) != held {
            self.held.store(held, Ordering::Relaxed);
        }
    }

    /// Whether a place may be free in a moment: not all are held by polls that take their time.
    pub(crate) fn is_only_crowded(&self) -> bool {
        self.held.load(Ordering::Relaxed) < self.places
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_there_are_places() {
        let admission = Admission::new(2);
        let first = admission.try_enter().expect("a place");
        let _second = admission.try_enter().expect("another");
        assert!(admission.try_enter().is_none());
        drop(first);
        assert!(admission.try_enter().is_some());
        assert!(Admission::new(0).try_enter().is_none());
        assert!(!Admission::new(0).is_only_crowded());
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use super::*;
    use loom::sync::Arc;

    #[test]
    fn never_more_than_there_are_places_and_none_is_lost() {
        loom::model(|| {
            let admission = Arc::new(Admission::new(1));
            let inside = Arc::new(AtomicUsize::new(0));
            let poll = |admission: &Admission, inside: &AtomicUsize| {
                if let Some(place) = admission.try_enter() {
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(place);
                }
            };
            let other = {
                let (admission, inside) = (Arc::clone(&admission), Arc::clone(&inside));
                loom::thread::spawn(move || poll(&admission, &inside))
            };
            poll(&admission, &inside);
            other.join().unwrap();
            assert!(admission.try_enter().is_some(), "a place was lost");
        });
    }
}
