//! The slot of each polling thread: its current poll, for the watchdog to see.

use std::sync::Arc;

use crate::request::state::Call;
use crate::sync::{AtomicBool, AtomicU64, Mutex, Ordering};
use crate::watchdog::monitored_task::Incarnation;
use crate::watchdog::priority::{self, Priority, ThreadId};

/// The kinds of threads that poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A worker of the runtime.
    Worker,
    /// An overflow thread.
    Overflow,
}

/// The part of a request that is polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The service call, until its response. Its deadline is the request's.
    Response,
    /// A frame of the response's body. It has the handler's timeout for itself.
    Body,
}

/// The request or actor of a poll.
#[derive(Clone)]
pub(crate) enum PollSubject {
    Request(Arc<Call>, Part),
    Actor(Arc<dyn Incarnation>),
}

impl PollSubject {
    /// Its next polls stay away from the workers for a while.
    pub(super) fn quarantine(&self) {
        match self {
            Self::Request(call, _) => call.route().breaker.quarantine(),
            Self::Actor(incarnation) => incarnation.entry().breaker.quarantine(),
        }
    }
}

/// One thread. That thread writes it, and the watchdog reads it.
///
/// Invariant: the watchdog gets the work of exactly the poll whose number it found, or none.
pub(crate) struct Slot<W = PollSubject> {
    pub(crate) role: Role,
    pub(crate) thread: ThreadId,
    /// Counts up at the begin and at the end of a poll: odd is inside.
    number: AtomicU64,
    /// Held by the watchdog for a look, by the thread for a move.
    work: Mutex<Option<W>>,
    /// The thread has lost its priority: it must poll for no other request.
    lowered: AtomicBool,
}

impl<W: Clone> Slot<W> {
    /// `is_low`: a thread of low priority started this thread, which inherits that priority.
    pub(crate) fn new(role: Role, thread: ThreadId, is_low: bool) -> Self {
        Self {
            role,
            thread,
            number: AtomicU64::new(0),
            work: Mutex::new(None),
            lowered: AtomicBool::new(is_low),
        }
    }

    /// Thread: a poll begins. `false` when it is inside of one already, which then counts.
    pub(crate) fn begin(&self, work: W) -> bool {
        let number = self.number.load(Ordering::Relaxed);
        if number % 2 == 1 {
            return false;
        }
        *self.work.lock() = Some(work);
        self.number.store(number + 1, Ordering::Release);
        true
    }

    /// Thread: the poll has ended.
    pub(crate) fn end(&self) {
        let number = self.number.load(Ordering::Relaxed);
        self.number.store(number + 1, Ordering::Release);
        let work = self.work.lock().take();
        // Dropped outside of the lock: this may be the last reference.
        drop(work);
    }

    /// Watchdog: the number of the poll that is going on.
    pub(crate) fn poll_number(&self) -> Option<u64> {
        Some(self.number.load(Ordering::Acquire)).filter(|number| number % 2 == 1)
    }

    /// Watchdog: returns how many polls have begun.
    pub(crate) fn polls(&self) -> u64 {
        self.number.load(Ordering::Relaxed).div_ceil(2)
    }

    /// Watchdog: the work of poll `number`, if it is still going on.
    pub(crate) fn work_of(&self, number: u64) -> Option<W> {
        let work = self.work.lock();
        // Under the lock the work can only be that of this number or what an earlier one left, and a thread takes its
        // own work away before it begins the next poll.
        if self.number.load(Ordering::Acquire) != number {
            return None;
        }
        work.clone()
    }

    /// Watchdog: takes the thread's priority away, if poll `number` is still going on.
    pub(crate) fn lower(&self, number: u64, to: Priority) {
        // The thread cannot end its poll, and so not end, while this lock is held.
        let _work = self.work.lock();
        if self.number.load(Ordering::Acquire) == number {
            // Before it takes effect: a thread that is low must find out in any case.
            self.lowered.store(true, Ordering::Release);
            priority::lower(self.thread, to);
        }
    }

    pub(crate) fn is_lowered(&self) -> bool {
        self.lowered.load(Ordering::Acquire)
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use super::*;

    #[test]
    fn the_watchdog_is_given_the_work_of_the_poll_it_saw_or_none() {
        loom::model(|| {
            let slot = loom::sync::Arc::new(Slot::new(Role::Worker, priority::thread_id(), false));
            let thread = {
                let slot = loom::sync::Arc::clone(&slot);
                loom::thread::spawn(move || {
                    for number in [1_u64, 3] {
                        assert!(slot.begin(number));
                        slot.end();
                    }
                })
            };
            if let Some(number) = slot.poll_number()
                && let Some(work) = slot.work_of(number)
            {
                assert_eq!(work, number, "the work of another poll");
            }
            thread.join().unwrap();
            assert_eq!(slot.poll_number(), None);
        });
    }
}
