//! The watchdog's side: overdue commands, stuck poll tasks, expired calls.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;
use std::time::Instant;

use crate::actor::error::CallError;
use crate::actor::mailbox::{Current, Mailbox, Place, State, wake};
use crate::actor::reply::Answerable;
use crate::request::default_timeout::DEFAULT_TIMEOUT;
use crate::watchdog::monitored_task::WatchLevel;

/// The remains of an incarnation that was ended from outside.
pub(in crate::actor) struct Remains {
    pub(in crate::actor) incarnation: u64,
    pub(in crate::actor) poll_task: u64,
    pub(in crate::actor) command: &'static str,
    answer: Option<Arc<dyn Answerable>>,
    answered: Vec<Waker>,
    waker: Option<Waker>,
}

impl Remains {
    /// Fails the current call, and wakes the callers that have their reply.
    pub(in crate::actor) fn fail(self) {
        if let Some(answer) = self.answer {
            answer.fail_from_outside(CallError::Restarted);
        }
        self.answered.into_iter().for_each(Waker::wake);
        // The previous poll task ends.
        self.waker.into_iter().for_each(Waker::wake);
    }
}

impl<C, W> Mailbox<C, W> {
    /// Watchdog: returns `true` if incarnation `incarnation` holds its thread past its deadline.
    pub(in crate::actor) fn is_overdue(
        &self,
        incarnation: u64,
        now: Instant,
        first_seen: Instant,
    ) -> bool {
        self.state.lock().is_overdue(incarnation, now, first_seen)
    }

    /// Watchdog: abandons that incarnation and its poll task, if it is still overdue.
    pub(in crate::actor) fn abandon(
        &self,
        incarnation: u64,
        now: Instant,
        first_seen: Instant,
    ) -> Option<Remains> {
        let mut state = self.state.lock();
        if !state.is_overdue(incarnation, now, first_seen) {
            return None;
        }
        state.incarnation += 1;
        state.place = Place::Absent;
        let current = state.current.take().expect("it is overdue");
        if current.answer.is_some() {
            self.entry.restarted.fetch_add(1, Ordering::Relaxed);
        }
        let (poll_task, waker) = state.replace_poll_task();
        Some(Remains {
            incarnation: state.incarnation,
            poll_task,
            command: current.name,
            answer: current.answer,
            answered: std::mem::take(&mut state.answered),
            waker,
        })
    }

    /// Watchdog: wakes callers that have their reply, because the poll of incarnation `incarnation` takes long.
    pub(in crate::actor) fn wake_answered(&self, incarnation: u64) {
        let Some(mut state) = self.state_of(incarnation) else { return };
        let answered = std::mem::take(&mut state.answered);
        drop(state);
        answered.into_iter().for_each(Waker::wake);
    }

    /// Watchdog: replaces a poll task that was woken and does not run, because it is stuck with its worker. Returns
    /// the number of the new poll task.
    pub(in crate::actor) fn rescue(&self) -> Option<u64> {
        let mut state = self.state.lock();
        if !matches!(state.place, Place::Scheduled(_)) {
            return None;
        }
        state.unseen = state.unseen.saturating_add(1);
        if state.unseen < state.next_rescue {
            return None;
        }
        // The poll task may only be late.
        state.next_rescue = state.next_rescue.saturating_mul(2);
        let (poll_task, waker) = state.replace_poll_task();
        drop(state);
        wake(waker);
        Some(poll_task)
    }

    /// Watchdog: fails calls whose time is over, if no handler's deadline does. Their commands are dropped when their
    /// turn comes. Returns the time at which the next call is over.
    pub(in crate::actor) fn expire(&self, now: Instant) -> Option<Instant> {
        let state = self.state.lock();
        let waiting = state.queue.iter().filter(|envelope| !envelope.in_handler);
        let waiting = waiting.map(|envelope| (envelope.deadline, &envelope.answer));
        let current = state.current.iter();
        let current =
            current.filter_map(|current| Some((current.deadline, current.answer.as_ref()?)));
        let (mut over, mut next) = (Vec::new(), None::<Instant>);
        for (deadline, answer) in waiting.chain(current) {
            match deadline {
                Some(deadline) if deadline <= now => over.push(Arc::clone(answer)),
                Some(deadline) => next = Some(next.map_or(deadline, |next| next.min(deadline))),
                None => {}
            }
        }
        drop(state);
        for answer in over {
            answer.fail_from_outside(CallError::Expired);
        }
        next
    }

    pub(in crate::actor) fn watch_level(&self) -> WatchLevel {
        let state = self.state.lock();
        let has_callers = !state.queue.is_empty()
            || state.current.as_ref().is_some_and(|current| current.answer.is_some());
        match state.place {
            Place::Scheduled(_) => WatchLevel::Poll,
            _ if has_callers => WatchLevel::Deadline,
            _ => WatchLevel::Nothing,
        }
    }
}

impl<C, W> State<C, W> {
    fn is_overdue(&self, incarnation: u64, now: Instant, first_seen: Instant) -> bool {
        // A command without a time limit may still not hold a thread for ever.
        let until = |current: &Current| current.until.unwrap_or(first_seen + DEFAULT_TIMEOUT);
        self.incarnation == incarnation
            && matches!(self.place, Place::Away { .. })
            && self.current.as_ref().is_some_and(|current| until(current) <= now)
    }
}
