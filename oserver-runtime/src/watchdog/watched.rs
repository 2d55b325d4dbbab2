//! One polling thread as the watchdog saw it at its last look, and the steps that follow from the age of its poll.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::watchdog::blocked_thread::BlockedPoll;
use crate::watchdog::deadline::{self, Violation};
use crate::watchdog::priority::rule::PollCpu;
use crate::watchdog::runtime_context::RuntimeContext;
use crate::watchdog::slot::{Part, PollSubject, Role, Slot};

/// How many looks pass until a blocked thread is reported again; doubled each time up to this.
pub(super) const LONGEST_POKE: u32 = 64;
/// Looks between two at which an overdue poll is overdue further.
const OVERDUE_LOOKS: u32 = 16;

/// A slot as the watchdog saw it last.
pub(super) struct Watched {
    pub(super) slot: Arc<Slot>,
    /// The poll that it saw last, and when first.
    pub(super) poll: Option<Poll>,
    /// The number of polls at the last look.
    polls: u64,
}

pub(super) struct Poll {
    number: u64,
    first_seen: Instant,
    pub(super) looks: u32,
    next_poke: u32,
    cpu: PollCpu,
    pub(super) overdue: Option<Violation>,
    /// Looks since it was overdue.
    overdue_looks: u32,
    pub(super) is_actor: bool,
}

impl Poll {
    fn new(number: u64, slept: Duration, now: Instant) -> Self {
        Self {
            number,
            first_seen: now,
            looks: 0,
            next_poke: 1,
            cpu: PollCpu::new(slept, now),
            overdue: None,
            overdue_looks: 0,
            is_actor: false,
        }
    }

    /// Returns `true` if the thread may have something new.
    pub(super) fn is_news(&self) -> bool {
        self.overdue_looks < 4 * OVERDUE_LOOKS
    }
}

impl Watched {
    pub(super) fn new(slot: Arc<Slot>) -> Self {
        Self { slot, poll: None, polls: 0 }
    }

    /// Returns `true` if no poll began since the last look.
    pub(super) fn is_as_seen(&self) -> bool {
        self.slot.poll_number() == self.poll.as_ref().map(|poll| poll.number)
    }

    /// Returns the number of polls that began since the last call.
    pub(super) fn polls_since(&mut self) -> u64 {
        let polls = self.slot.polls();
        polls - std::mem::replace(&mut self.polls, polls)
    }

    /// Looks at the thread, after the watchdog has slept for this long. Returns `true` if a worker must be woken,
    /// because this one may hold the event queue back.
    pub(super) fn look(
        &mut self,
        runtime: &Arc<RuntimeContext>,
        slept: Duration,
        now: Instant,
        may_act: bool,
    ) -> bool {
        let number = self.slot.poll_number();
        if number != self.poll.as_ref().map(|poll| poll.number) {
            if let Some(Poll { overdue: Some(violation), .. }) = self.poll.take() {
                violation.came_back(runtime);
            }
            self.poll = number.map(|number| Poll::new(number, slept, now));
        }
        let Some(poll) = &mut self.poll else { return false };
        poll.looks = poll.looks.saturating_add(1);
        let poke = self.slot.role == Role::Worker && poll.looks > poll.next_poke;
        if poke {
            poll.next_poke = poll.looks + (poll.next_poke).min(LONGEST_POKE);
        }
        poll.account(runtime, &self.slot, now);
        // For an actor at each further look: in one poll it may answer some commands, and block in the next.
        if poll.looks == 2 || (poll.looks > 2 && poll.is_actor) {
            match self.slot.work_of(poll.number) {
                // The client of a long request may leave.
                Some(PollSubject::Request(call, Part::Response)) if call.wait() => {
                    call.wake_waiter()
                }
                Some(PollSubject::Actor(incarnation)) => {
                    poll.is_actor = true;
                    incarnation.takes_its_time();
                }
                _ => {}
            }
        }
        match &mut poll.overdue {
            Some(violation) => {
                poll.overdue_looks = poll.overdue_looks.saturating_add(1);
                if poll.overdue_looks.is_multiple_of(OVERDUE_LOOKS) {
                    violation.still_stuck(runtime, now);
                }
            }
            None if !may_act => {}
            None => {
                if let Some(work) = self.slot.work_of(poll.number) {
                    let slot = Arc::clone(&self.slot);
                    let (since, before) = (poll.first_seen, poll.cpu.first);
                    let held = BlockedPoll { slot, poll: poll.number, since, before };
                    poll.overdue = deadline::look(runtime, work, held, now);
                }
            }
        }
        poke
    }
}

impl Poll {
    /// Counts the CPU time of the poll, and lowers the priority of a thread on which it computes for long.
    fn account(&mut self, runtime: &RuntimeContext, slot: &Slot, now: Instant) {
        let Some(used) = self.cpu.measure(slot, self.looks, self.first_seen, now) else { return };
        let Some(work) = slot.work_of(self.number) else { return };
        if let PollSubject::Request(call, _) = &work
            && let Some(route) = call.route_if_known()
        {
            let counters = &call.server.routes.entry(route).counters;
            counters.poll_was_seen(used, now - self.first_seen);
        }
        let was_lowered =
            runtime.has_priority && self.cpu.lower(slot, self.number, self.overdue.is_some());
        if was_lowered && slot.role == Role::Worker {
            // The next such poll must not cost a worker.
            work.quarantine();
        }
    }
}
