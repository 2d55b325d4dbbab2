//! The meeting point of a connection, its request task and the overflow threads.
//!
//! A request task serves one request after the other, as long as its connection lives: a new task for each request
//! costs two thousand instructions more, most of them for its memory.
//!
//! The work `W` is one request in flight, with its answer when it has one. The poller takes it out and puts it back.
//!
//! Invariants:
//! - the work is in one place only, so it is never polled twice at a time;
//! - if a wake comes while the work is away, the task is woken afterwards, so no wake is lost;
//! - work that was put back pending is not taken again before the task is woken;
//! - an answer is given once, and only if the connection still wants it.

use std::sync::OnceLock;
use std::task::{Poll, Waker};

use crate::sync::Mutex;

/// Shared by one request task, the connection that it works for, and the overflow threads.
#[derive(Debug)]
pub(crate) struct Handoff<W> {
    /// Held only for moves.
    inner: Mutex<Inner<W>>,
    /// A task is one task for life, and so is its waker.
    task: OnceLock<Waker>,
}

#[derive(Debug)]
struct Inner<W> {
    state: State<W>,
    /// The connection wants no answer to this work any more.
    unwanted: bool,
    /// The connection will submit no more.
    closed: bool,
}

#[derive(Debug)]
enum State<W> {
    Idle,
    /// The work waits to be polled, for the first time or again.
    Parked(W),
    /// The work is being polled.
    Away {
        /// The task was woken in the meantime.
        woken: bool,
    },
    Answered(W),
}

impl<W> Inner<W> {
    fn take_answered(&mut self) -> Option<W> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Answered(work) => Some(work),
            other => {
                self.state = other;
                None
            }
        }
    }
}

impl<W> Handoff<W> {
    /// Creates a handoff with its first work, for a task that starts later.
    pub(crate) fn with(work: W) -> Self {
        let inner = Inner { state: State::Parked(work), unwanted: false, closed: false };
        Self { inner: Mutex::new(inner), task: OnceLock::new() }
    }

    /// Connection: hands over work to the task.
    ///
    /// # Errors
    /// The work, when the task is not done with the last.
    pub(crate) fn submit(&self, work: W) -> Result<(), W> {
        let mut inner = self.inner.lock();
        if !matches!(inner.state, State::Idle) {
            return Err(work);
        }
        inner.state = State::Parked(work);
        inner.unwanted = false;
        drop(inner);
        self.wake_task();
        Ok(())
    }

    /// Returns the task's waker, once it has run.
    pub(crate) fn task(&self) -> Option<&Waker> {
        self.task.get()
    }

    /// Connection: takes the task's place for the first poll of work that it would submit. It must then put the work
    /// back as any poller does. Returns the task's waker, or `None` when the task is not done with the last work, or
    /// has not run yet.
    pub(crate) fn take_place(&self) -> Option<&Waker> {
        let task = self.task.get()?;
        let mut inner = self.inner.lock();
        if !matches!(inner.state, State::Idle) {
            return None;
        }
        inner.state = State::Away { woken: false };
        inner.unwanted = false;
        Some(task)
    }

    /// Connection: takes the work that has its answer.
    pub(crate) fn take_answered(&self) -> Option<W> {
        self.inner.lock().take_answered()
    }

    /// Connection: cancels the request. Returns the work if no other side will drop it.
    pub(crate) fn cancel(&self) -> Option<W> {
        let mut inner = self.inner.lock();
        let answered = inner.take_answered();
        // Work in flight is dropped by the task, where the watchdog can see it.
        inner.unwanted = !matches!(inner.state, State::Idle);
        drop(inner);
        self.wake_task();
        answered
    }

    /// Connection: ends the handoff; no further work comes.
    pub(crate) fn close(&self) {
        self.inner.lock().closed = true;
        self.wake_task();
    }

    fn wake_task(&self) {
        // Without a waker the task has not run yet, and it looks when it runs.
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
    }

    /// Task: takes work to poll; `None` if there will be no more. `waker` is the task's own; new work wakes it.
    pub(crate) fn next(&self, waker: &Waker) -> Poll<Option<W>> {
        // Set before the look: work that comes after the look then finds the waker.
        self.task.get_or_init(|| waker.clone());
        let mut inner = self.inner.lock();
        match std::mem::replace(&mut inner.state, State::Away { woken: false }) {
            State::Parked(work) => Poll::Ready(Some(work)),
            State::Away { .. } => {
                inner.state = State::Away { woken: true };
                Poll::Pending
            }
            other => {
                let idle = matches!(other, State::Idle);
                inner.state = other;
                if inner.closed && idle { Poll::Ready(None) } else { Poll::Pending }
            }
        }
    }

    /// Poller: puts back work that is pending. Wakes the task when it was woken in the meantime.
    pub(crate) fn park(&self, work: W) {
        let mut inner = self.inner.lock();
        let woken = matches!(inner.state, State::Away { woken: true }) || inner.unwanted;
        inner.state = State::Parked(work);
        drop(inner);
        if woken {
            self.wake_task();
        }
    }

    /// Poller: puts nothing back. The task ends if its handle is gone.
    pub(crate) fn finish(&self) {
        let mut inner = self.inner.lock();
        inner.state = State::Idle;
        let closed = inner.closed;
        drop(inner);
        if closed {
            self.wake_task();
        }
    }

    /// Poller: puts back work with its answer. Returns the work, to be dropped, if the connection does not want it.
    pub(crate) fn answer(&self, work: W) -> Option<W> {
        let mut inner = self.inner.lock();
        if inner.unwanted {
            drop(inner);
            self.finish();
            return Some(work);
        }
        inner.state = State::Answered(work);
        None
    }
}

#[cfg(all(test, oserver_loom))]
mod model;
