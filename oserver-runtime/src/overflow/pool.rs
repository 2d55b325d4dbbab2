//! Threads for the polls that get no permit on a worker: each job is one poll.
//!
//! They are oserver's own threads, and not those of tokio's blocking pool: files and DNS share that pool, and it does
//! not report that it is full.
//!
//! Only the watchdog starts threads: its priority is never lowered, and a new thread inherits the priority of the
//! thread that starts it.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::overflow::job::Job;
use crate::sync::{Condvar, Mutex};

/// How many jobs may wait for a thread.
const WAITING: usize = 1024;
/// How long a thread waits for a job before it ends.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// How many more threads the watchdog lets run, at most, when all that ran are stuck.
const LARGEST_STEP: usize = 64;

/// The queue, and how many threads there are for it.
///
/// Invariants: each accepted job runs once, as long as one thread is not stuck or one more may be started; a thread
/// parks only when no waiting job may run.
pub(crate) struct Overflow<J: ?Sized = dyn Job> {
    /// Held only for moves and numbers.
    state: Mutex<State<J>>,
    /// Threads that run at a time when none is stuck.
    least: usize,
}

struct State<J: ?Sized> {
    waiting: VecDeque<Box<J>>,
    /// Jobs whose routes use as many threads as they may.
    held: VecDeque<Box<J>>,
    threads: usize,
    /// The condition variable of each idle thread; the last to park is the first to be woken, so that threads
    /// that are not needed stay idle and end.
    idle: Vec<Arc<Condvar>>,
    /// How many threads may be busy: the stuck threads, and as many more as the machine has use for. More threads
    /// would only take CPU time from each other.
    may_be_busy: usize,
    step: usize,
    /// Jobs that are known to block, waiting and running.
    blocking: usize,
    /// Every thread that there may be is past its deadline.
    full: bool,
    closed: bool,
}

/// The result of pushing a job.
pub(crate) enum Pushed<J: ?Sized> {
    /// A thread has the job, or will have it.
    Taken,
    /// The watchdog has to start a thread.
    NeedsThread,
    /// The queue is full.
    Full(Box<J>),
}

impl<J: ?Sized> Overflow<J> {
    pub(crate) fn new(least: usize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            held: VecDeque::new(),
            threads: 0,
            idle: Vec::new(),
            may_be_busy: least,
            step: least,
            blocking: 0,
            full: false,
            closed: false,
        };
        Self { state: Mutex::new(state), least }
    }

    /// `blocks`: it is known to, so it need not wait until a busy thread is seen to be stuck. Once it was
    /// run, [`Overflow::block_ends`] must be called.
    pub(crate) fn push(&self, job: Box<J>, blocks: bool) -> Pushed<J> {
        let mut state = self.state.lock();
        if state.full || state.closed || state.waiting.len() + state.held.len() >= WAITING {
            return Pushed::Full(job);
        }
        if blocks {
            state.blocking += 1;
            state.may_be_busy += 1;
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

    /// Thread: returns the next job; `None` if the thread must end, which is then no longer counted.
    ///
    /// `begin` returns `true` if a job may run now; otherwise the job waits until another has ended.
    pub(crate) fn next(&self, mut begin: impl FnMut(&mut J) -> bool) -> Option<Box<J>> {
        let mut state = self.state.lock();
        let own = Arc::new(Condvar::new());
        loop {
            if state.closed {
                state.threads -= 1;
                return None;
            }
            if state.busy() <= state.may_be_busy
                && let Some(job) = state.take(&mut begin)
            {
                return Some(job);
            }
            state.idle.push(Arc::clone(&own));
            let (guard, waited) =
                own.wait_timeout(state, KEEP_ALIVE).unwrap_or_else(PoisonError::into_inner);
            state = guard;
            // The thread that woke this one removed it from the list.
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

    /// Thread: ends without asking for another job.
    pub(crate) fn leave(&self) {
        let mut state = self.state.lock();
        state.threads -= 1;
        // Another thread checks whether the routes of these jobs have a thread free now.
        let held = std::mem::take(&mut state.held);
        state.waiting.extend(held);
    }

    /// Thread: notes that a job that was known to block has ended.
    pub(crate) fn block_ends(&self) {
        self.state.lock().blocking -= 1;
    }

    pub(crate) fn is_quiet(&self) -> bool {
        let state = self.state.lock();
        state.waiting.is_empty() && state.held.is_empty()
    }

    /// Closes the pool: it accepts and runs no further job. The caller must drop the waiting jobs, which may be user
    /// values.
    #[must_use]
    pub(crate) fn close(&self) -> VecDeque<Box<J>> {
        let mut state = self.state.lock();
        state.closed = true;
        let mut waiting = std::mem::take(&mut state.waiting);
        waiting.append(&mut state.held);
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        for idle in idle {
            idle.notify_one();
        }
        waiting
    }

    /// Watchdog, at each look: sets how many threads are stuck for longer than a look, and the maximum. Returns how
    /// many threads to start; they are counted already.
    pub(crate) fn adjust(&self, stuck: usize, most: usize) -> usize {
        let mut state = self.state.lock();
        if state.waiting.is_empty() {
            state.step = self.least;
        } else if stuck > 0 && state.busy() >= state.may_be_busy {
            // Twice as many with each look for which they were not enough.
            state.step = (state.step * 2).min(LARGEST_STEP);
        }
        state.may_be_busy = stuck + state.step + state.blocking;
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

    /// Returns how many threads there are.
    pub(crate) fn threads(&self) -> usize {
        self.state.lock().threads
    }

    /// Watchdog: sets whether the maximum of threads is reached and all of them are past their deadlines.
    pub(crate) fn set_full(&self, full: bool) {
        self.state.lock().full = full;
    }

    /// Watchdog: visits the waiting jobs.
    pub(crate) fn for_each_waiting(&self, mut look: impl FnMut(&J)) {
        let state = self.state.lock();
        for job in state.waiting.iter().chain(&state.held) {
            look(job);
        }
    }
}

impl<J: ?Sized> State<J> {
    fn busy(&self) -> usize {
        self.threads - self.idle.len()
    }

    /// Returns the next job that may run; held jobs come first, the oldest before the others.
    fn take(&mut self, begin: &mut impl FnMut(&mut J) -> bool) -> Option<Box<J>> {
        if let Some(place) = self.held.iter_mut().position(|job| begin(job)) {
            return self.held.remove(place);
        }
        while let Some(mut job) = self.waiting.pop_front() {
            if begin(&mut job) {
                return Some(job);
            }
            self.held.push_back(job);
        }
        None
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests;

#[cfg(all(test, oserver_loom))]
mod model;
