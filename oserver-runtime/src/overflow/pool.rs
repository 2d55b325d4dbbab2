//! Threads for the polls that find no place on a worker: each job is one poll.
//!
//! They are our own, and not those of tokio's blocking pool: that one is shared with files and DNS
//! and tells nobody that it is full.
//!
//! Only the watchdog starts threads: its priority is never lowered, and a new thread inherits that of
//! whoever starts it.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::request::state::Call;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// How many jobs may wait for a thread.
const WAITING: usize = 1024;
/// How long a thread waits for a job before it ends.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// How many more threads the watchdog lets run, at most, when all that ran are stuck.
const LARGEST_STEP: usize = 64;

/// One poll that is to be made on an overflow thread.
pub(crate) trait Job: Send {
    /// Whose it is, if it is a request's.
    fn call(&self) -> Option<&Arc<Call>>;

    /// Makes the poll. Does not panic.
    fn run(self: Box<Self>);

    /// Ends the work, for which there is no thread.
    fn refuse(self: Box<Self>);
}

/// The queue, and how many threads there are for it.
///
/// Invariants: a job that was taken in is run once, as long as there is a thread that is not stuck
/// or one more may be started; a thread lies down only when nothing waits that it may run.
pub(crate) struct Overflow<J: ?Sized = dyn Job> {
    state: Mutex<State<J>>,
    /// Threads that run at a time when none is stuck.
    least: usize,
}

struct State<J: ?Sized> {
    waiting: VecDeque<Box<J>>,
    threads: usize,
    /// What each idle thread waits on; the last to lie down is the first to be woken, so that threads
    /// that are not needed stay idle and end.
    idle: Vec<Arc<Condvar>>,
    /// How many threads may be busy: those that are stuck, and as many more as can make use of the
    /// machine. More would only take the cores from each other.
    may_be_busy: usize,
    step: usize,
    /// Every thread that there may be is past its deadline.
    full: bool,
    closed: bool,
}

/// What happened to a job that was pushed.
pub(crate) enum Pushed<J: ?Sized> {
    /// A thread has it, or will have it.
    Taken,
    /// The watchdog has to start a thread.
    NeedsThread,
    /// There is no room.
    Full(Box<J>),
}

impl<J: ?Sized> Overflow<J> {
    pub(crate) fn new(least: usize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            threads: 0,
            idle: Vec::new(),
            may_be_busy: least,
            step: least,
            full: false,
            closed: false,
        };
        Self { state: Mutex::new(state), least }
    }

    fn state(&self) -> MutexGuard<'_, State<J>> {
        // Only moves and numbers under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, job: Box<J>) -> Pushed<J> {
        let mut state = self.state();
        if state.full || state.closed || state.waiting.len() >= WAITING {
            return Pushed::Full(job);
        }
        state.waiting.push_back(job);
        if state.busy() >= state.may_be_busy {
            // A busy one comes for it; if all get stuck, the watchdog lets more run.
            return Pushed::Taken;
        }
        match state.idle.pop() {
            Some(idle) => {
                drop(state);
                idle.notify_one();
                Pushed::Taken
            }
            None => Pushed::NeedsThread,
        }
    }

    /// Thread: the next job; `None` when the thread shall end. It is counted out then.
    pub(crate) fn next(&self) -> Option<Box<J>> {
        let mut state = self.state();
        let own = Arc::new(Condvar::new());
        loop {
            if state.closed {
                state.threads -= 1;
                return None;
            }
            if state.busy() <= state.may_be_busy
                && let Some(job) = state.waiting.pop_front()
            {
                return Some(job);
            }
            state.idle.push(Arc::clone(&own));
            let (guard, waited) =
                own.wait_timeout(state, KEEP_ALIVE).unwrap_or_else(PoisonError::into_inner);
            state = guard;
            // Whoever woke it took it off the list.
            let still_idle = state.idle.iter().position(|idle| Arc::ptr_eq(idle, &own));
            if let Some(place) = still_idle {
                state.idle.remove(place);
                if waited.timed_out() {
                    state.threads -= 1;
                    return None;
                }
            }
        }
    }

    /// Thread: it ends without having asked for another job.
    pub(crate) fn leave(&self) {
        self.state().threads -= 1;
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.state().waiting.is_empty()
    }

    /// No further job is taken in or run. Those that wait are the caller's to drop: they may be a user's.
    #[must_use]
    pub(crate) fn close(&self) -> VecDeque<Box<J>> {
        let mut state = self.state();
        state.closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        for idle in idle {
            idle.notify_one();
        }
        waiting
    }

    /// Watchdog, with each look: tells how many threads are stuck for longer than a look, and how many
    /// there may be at most. Says how many are to be started, which are counted in already.
    pub(crate) fn adjust(&self, stuck: usize, most: usize) -> usize {
        let mut state = self.state();
        if state.waiting.is_empty() {
            state.step = self.least;
        } else if stuck > 0 && state.busy() >= state.may_be_busy {
            // Twice as many with each look for which they were not enough.
            state.step = (state.step * 2).min(LARGEST_STEP);
        }
        state.may_be_busy = stuck + state.step;
        let free = state.may_be_busy.saturating_sub(state.busy());
        let wanted = state.waiting.len().min(free);
        let asleep = state.idle.len().saturating_sub(wanted);
        let to_wake = state.idle.split_off(asleep);
        let to_start = (wanted - to_wake.len()).min(most.saturating_sub(state.threads));
        state.threads += to_start;
        drop(state);
        for idle in to_wake {
            idle.notify_one();
        }
        to_start
    }

    /// Watchdog: whether every thread that there may be is past its deadline.
    pub(crate) fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    /// Watchdog: looks at what waits.
    pub(crate) fn for_each_waiting(&self, mut look: impl FnMut(&J)) {
        for job in &self.state().waiting {
            look(job);
        }
    }
}

impl<J: ?Sized> State<J> {
    fn busy(&self) -> usize {
        self.threads - self.idle.len()
    }
}

impl<J: ?Sized> std::fmt::Debug for Overflow<J> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Overflow").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests;

#[cfg(all(test, oserver_loom))]
mod model;
