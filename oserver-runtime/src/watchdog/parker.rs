//! Parks the watchdog while it has nothing to watch. Code that begins a poll unparks it.

use std::sync::OnceLock;
use std::thread::Thread;

use crate::sync::{AtomicBool, Ordering, fence};

/// Invariant: either the parker sees the new poll before it parks, or the code that began the poll sees it parked.
/// Each side writes its own word, then a fence, then reads the other's.
#[derive(Debug)]
pub(crate) struct Parker {
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Parker {
    pub(crate) fn new() -> Self {
        Self { asleep: AtomicBool::new(false), thread: OnceLock::new() }
    }

    /// Sets the thread that parks.
    pub(crate) fn set_thread(&self, thread: Thread) {
        _ = self.thread.set(thread);
    }

    /// After something was begun: wakes the parker if it did not see it. Cheap when it is awake.
    pub(crate) fn notify(&self) {
        fence(Ordering::SeqCst);
        if self.asleep.load(Ordering::Relaxed) {
            self.unpark();
        }
    }

    /// Wakes the parker, in any state.
    pub(crate) fn unpark(&self) {
        self.asleep.store(false, Ordering::Relaxed);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Returns `true` if the parker may park, `false` if it has something to watch after all.
    pub(crate) fn may_park(&self, is_quiet: impl FnOnce() -> bool) -> bool {
        self.asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let quiet = is_quiet();
        if !quiet {
            self.asleep.store(false, Ordering::Relaxed);
        }
        quiet
    }

    /// Notes that the parker is awake.
    pub(crate) fn set_unparked(&self) {
        self.asleep.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_parked(&self) -> bool {
        self.asleep.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use super::*;
    use loom::sync::Arc;

    #[test]
    fn nothing_begins_unseen() {
        loom::model(|| {
            let parker = Arc::new(Parker::new());
            let begun = Arc::new(AtomicBool::new(false));
            let other = {
                let (parker, begun) = (Arc::clone(&parker), Arc::clone(&begun));
                loom::thread::spawn(move || {
                    begun.store(true, Ordering::Relaxed);
                    parker.notify();
                })
            };
            let slept = parker.may_park(|| !begun.load(Ordering::Relaxed));
            other.join().unwrap();
            assert!(!slept || !parker.is_parked(), "it sleeps, and nobody called");
        });
    }
}
