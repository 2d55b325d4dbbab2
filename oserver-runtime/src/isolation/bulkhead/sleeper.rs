//! The watchdog sleeps while there is nothing to watch; whoever begins something wakes it.

use std::sync::OnceLock;
use std::thread::Thread;

use crate::sync::{AtomicBool, Ordering, fence};

/// Invariant: either the sleeper sees what was begun before it lies down, or who began it sees it
/// asleep. Each side writes its own word, then a fence, then reads the other's.
#[derive(Debug)]
pub(crate) struct Sleeper {
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Sleeper {
    pub(crate) fn new() -> Self {
        Self { asleep: AtomicBool::new(false), thread: OnceLock::new() }
    }

    /// Names the thread that sleeps.
    pub(crate) fn set_thread(&self, thread: Thread) {
        _ = self.thread.set(thread);
    }

    /// After something was begun: wakes the sleeper if it did not see it. Cheap when it is awake.
    pub(crate) fn call(&self) {
        fence(Ordering::SeqCst);
        if self.asleep.load(Ordering::Relaxed) {
            self.rouse();
        }
    }

    /// Wakes the sleeper, whatever it does.
    pub(crate) fn rouse(&self) {
        self.asleep.store(false, Ordering::Relaxed);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Says whether the sleeper may lie down: `false` when there is something to watch after all.
    pub(crate) fn lie_down(&self, is_quiet: impl FnOnce() -> bool) -> bool {
        self.asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let quiet = is_quiet();
        if !quiet {
            self.asleep.store(false, Ordering::Relaxed);
        }
        quiet
    }

    /// The sleeper is awake, for whatever reason.
    pub(crate) fn get_up(&self) {
        self.asleep.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_asleep(&self) -> bool {
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
            let sleeper = Arc::new(Sleeper::new());
            let begun = Arc::new(AtomicBool::new(false));
            let other = {
                let (sleeper, begun) = (Arc::clone(&sleeper), Arc::clone(&begun));
                loom::thread::spawn(move || {
                    begun.store(true, Ordering::Relaxed);
                    sleeper.call();
                })
            };
            let slept = sleeper.lie_down(|| !begun.load(Ordering::Relaxed));
            other.join().unwrap();
            assert!(!slept || !sleeper.is_asleep(), "it sleeps, and nobody called");
        });
    }
}
