//! The queue of commands, and the place of the actor's future between two polls.
//!
//! One lock guards both. It is held only for moves and for one walk along the queue. A new command therefore finds the
//! actor idle and schedules a poll, or finds it running and is seen by that poll.
//!
//! Invariants:
//! - each command that was accepted runs once, or its caller gets an error;
//! - the actor's future is in one place only, so it is never polled twice at a time;
//! - an abandoned incarnation takes no further command, even if its thread comes back;
//! - wake-ups of callers are deferred to the end of the poll; if the poll does not end, the watchdog wakes them. A
//!   worker keeps the task that its current task woke last in its LIFO slot, and the next command may block
//!   (tokio#4941; the deferral can go when a stable tokio lets other workers steal from the slot, tokio#8120).
//!
//! | file | used by |
//! |---|---|
//! | this one | callers |
//! | `poll` | the poll task |
//! | `next` | the actor |
//! | `watch` | the watchdog |
//! | `end` | whatever ends the actor |

mod end;
#[cfg(all(test, oserver_loom))]
mod model;
mod next;
mod poll;
mod watch;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;
use std::time::Instant;

use crate::actor::error::CallError;
pub(super) use crate::actor::mailbox::end::Left;
pub(super) use crate::actor::mailbox::next::{Batch, Next};
use crate::actor::reply::Answerable;
use crate::health::actors::ActorEntry;
use crate::sync::{Mutex, MutexGuard};

/// Looks of the watchdog at an actor that is to be polled and is not, until that is taken for stuck.
const FIRST_RESCUE: u32 = 2;

pub(super) struct Mailbox<C, W> {
    state: Mutex<State<C, W>>,
    capacity: usize,
    entry: Arc<ActorEntry>,
}

struct State<C, W> {
    queue: VecDeque<Envelope<C>>,
    phase: Phase,
    /// The incarnation that may take commands; each has its own number.
    incarnation: u64,
    place: Place<W>,
    /// The actor waits for a command, and for nothing else.
    idle: bool,
    /// The command that the actor executes.
    current: Option<Current>,
    /// The wakers of callers that were answered in this poll.
    answered: Vec<Waker>,
    /// The task that polls, and its waker once it has run.
    poll_task: u64,
    waker: Option<Waker>,
    unseen: u32,
    next_rescue: u32,
}

/// A command on its way.
pub(super) struct Envelope<C> {
    pub(super) command: C,
    pub(super) answer: Arc<dyn Answerable>,
    /// When its caller waits no longer.
    pub(super) deadline: Option<Instant>,
    /// The caller is a handler, whose guard knows when that is.
    pub(super) in_handler: bool,
}

/// The command that the actor executes.
struct Current {
    name: &'static str,
    answer: Option<Arc<dyn Answerable>>,
    /// When its caller is to be told that its time is over.
    deadline: Option<Instant>,
    /// When it must be done.
    until: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    Draining,
    Ended,
}

enum Place<W> {
    /// Between two incarnations.
    Absent,
    Parked(W),
    /// It is to be polled.
    Scheduled(W),
    /// It is being polled.
    Away {
        woken: bool,
    },
}

impl<C, W> Mailbox<C, W> {
    pub(super) fn new(capacity: usize, entry: Arc<ActorEntry>) -> Self {
        let state = State {
            queue: VecDeque::new(),
            phase: Phase::Open,
            incarnation: 0,
            place: Place::Absent,
            idle: false,
            current: None,
            answered: Vec::new(),
            poll_task: 0,
            waker: None,
            unseen: 0,
            next_rescue: FIRST_RESCUE,
        };
        Self { state: Mutex::new(state), capacity, entry }
    }

    /// Caller: appends a command. Returns `true` if the actor was idle.
    pub(super) fn send(&self, envelope: Envelope<C>) -> Result<bool, (CallError, Envelope<C>)> {
        let mut state = self.state.lock();
        if state.phase != Phase::Open {
            return Err((CallError::Stopped, envelope));
        }
        if state.queue.len() >= self.capacity {
            return Err((CallError::Overloaded, envelope));
        }
        state.queue.push_back(envelope);
        self.entry.queued.store(state.queue.len(), Ordering::Relaxed);
        let (was_at_rest, waker) = if state.idle { state.schedule() } else { (false, None) };
        drop(state);
        wake(waker);
        Ok(was_at_rest)
    }

    /// Wakes the actor, if incarnation `incarnation` is still the current one.
    pub(super) fn wake(&self, incarnation: u64) {
        let Some(mut state) = self.state_of(incarnation) else { return };
        let (_, waker) = state.schedule();
        drop(state);
        wake(waker);
    }

    /// Actor, in incarnation `incarnation`: begins a step that is no command.
    pub(super) fn at(&self, incarnation: u64, name: &'static str, until: Option<Instant>) {
        let Some(mut state) = self.state_of(incarnation) else { return };
        let before = state.current.replace(Current { name, answer: None, deadline: None, until });
        drop(state);
        drop(before);
    }

    /// Returns `true` if that incarnation is the current one.
    pub(super) fn is_current(&self, incarnation: u64) -> bool {
        self.state_of(incarnation).is_some()
    }

    /// Returns the name of the current command of incarnation `incarnation`: `None` if that one was abandoned.
    pub(super) fn command(&self, incarnation: u64) -> Option<&'static str> {
        self.state_of(incarnation)?.current.as_ref().map(|current| current.name)
    }

    /// Returns the state, if that incarnation is the current one.
    fn state_of(&self, incarnation: u64) -> Option<MutexGuard<'_, State<C, W>>> {
        Some(self.state.lock()).filter(|state| state.incarnation == incarnation)
    }
}

impl<C, W> State<C, W> {
    /// Schedules a poll of the actor. Returns whether the actor was idle, and the task to wake.
    fn schedule(&mut self) -> (bool, Option<Waker>) {
        match std::mem::replace(&mut self.place, Place::Away { woken: true }) {
            Place::Parked(work) => {
                self.place = Place::Scheduled(work);
                (true, self.waker.clone())
            }
            Place::Away { .. } => (false, None),
            other => {
                self.place = other;
                (false, None)
            }
        }
    }

    fn replace_poll_task(&mut self) -> (u64, Option<Waker>) {
        self.poll_task += 1;
        (self.poll_task, self.waker.take())
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
