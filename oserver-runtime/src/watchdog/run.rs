//! The thread that sees what a blocked thread cannot say: it looks at every slot, every two
//! milliseconds while anything is polled, more rarely while everything gets on, and sleeps otherwise.

use std::sync::{Arc, Weak};
use std::thread::{self, park, park_timeout};
use std::time::{Duration, Instant};

use crate::clock::lived::lived;
use crate::panic::deferred_drop::defer_drops_of_this_thread;
use crate::watchdog::held_thread::HeldThread;
use crate::watchdog::monitored_task::WatchLevel;
use crate::watchdog::overdue_poll::OverduePoll;
use crate::watchdog::runtime_context::RuntimeContext;
use crate::watchdog::slot::{Part, PollSubject, Role, Slot};
use crate::watchdog::tick::{Expiry, LOOK_EVERY, Sleep};
use crate::watchdog::{deadline, priority, waiting, worker_handoff};
use oserver_tracer::Sample;

/// How often it looks while many polls come and go and none stays that is not long known: then the event queue
/// is served, and each look would only take a core from those who serve.
const LOOK_EVERY_CALM: Duration = Duration::from_millis(8);
/// How many polls make that many.
const CALM_FROM: u64 = 32;
/// Looks at nothing before it sleeps.
const QUIET_LOOKS: u32 = 10;
/// How many looks pass before it is told again that someone blocks; doubled each time until this.
const LONGEST_POKE: u32 = 64;
/// Looks between two at which a overdue poll is overdue further.
const OVERDUE_LOOKS: u32 = 16;
/// The look at which it is asked what the thread of a poll has computed until then: that tells a busy loop from a wait.
const SAMPLE_LOOK: u32 = 8;
/// Looks between two walks along the queue of jobs that wait.
const QUEUE_LOOKS: u32 = 16;

/// Starts the watchdog of a runtime. It ends with it.
pub(crate) fn start(runtime: &Arc<RuntimeContext>) -> std::io::Result<()> {
    let weak = Arc::downgrade(runtime);
    let thread =
        thread::Builder::new().name("oserver-watchdog".into()).spawn(move || run(&weak))?;
    runtime.parker.set_thread(thread.thread().clone());
    Ok(())
}

/// What the watchdog remembers of a slot.
struct Watched {
    slot: Arc<Slot>,
    /// The poll that it saw last, and when first.
    poll: Option<Poll>,
    /// How many polls there had been at the last look.
    polls: u64,
}

struct Poll {
    number: u64,
    first_seen: Instant,
    looks: u32,
    next_poke: u32,
    overdue: Option<OverduePoll>,
    is_actor: bool,
    /// What the thread had computed after [`SAMPLE_LOOK`] looks.
    cpu: Option<Sample>,
}

fn run(runtime: &Weak<RuntimeContext>) {
    defer_drops_of_this_thread();
    let mut watched: Vec<Watched> = Vec::new();
    let mut quiet_looks = 0;
    let mut round = 0_u32;
    let mut last = Instant::now();
    let mut sleep = Sleep::default();
    let mut expiry = Expiry::new(lived());
    loop {
        let Some(runtime) = runtime.upgrade() else { return };
        let may_act = sleep.may_act(last.elapsed());
        let now = lived();
        round = round.wrapping_add(1);
        watched.extend(runtime.take_new_slots().map(|slot| Watched { slot, poll: None, polls: 0 }));
        // A thread that has ended left its slot behind.
        watched.retain(|watched| Arc::strong_count(&watched.slot) > 1 || watched.poll.is_some());
        let mut busy = false;
        let (mut held_workers, mut held_by_actors) = (0, 0);
        let (mut stuck_overflow, mut lost_overflow) = (0, 0);
        let mut poke = false;
        let (mut polls, mut one_stays) = (0, false);
        for watched in &mut watched {
            polls += watched.polls_since();
            watched.look(&runtime, now, may_act, &mut poke);
            if let Some(poll) = &watched.poll {
                let is_news = poll.overdue.as_ref().is_none_or(|it| it.looks < 4 * OVERDUE_LOOKS);
                busy |= is_news;
                one_stays |= is_news && poll.looks > 1;
                let is_overflow = watched.slot.role() == Role::Overflow;
                let holds_worker = watched.slot.role() == Role::Worker && poll.looks > 1;
                held_workers += usize::from(holds_worker);
                held_by_actors += usize::from(holds_worker && poll.is_actor);
                stuck_overflow += usize::from(is_overflow && poll.looks > 1);
                lost_overflow += usize::from(is_overflow && poll.overdue.is_some());
            }
        }
        if poke {
            runtime.keep_driver_alive();
        }
        runtime.permits.set_held(held_workers);
        runtime.actor_permits.set_held(held_by_actors);
        let watch_level = runtime.monitored_tasks.inspect();
        if watch_level > WatchLevel::Nothing {
            expiry.monitor(now, || runtime.monitored_tasks.expire(now));
        }
        let most = runtime.most_overflow_threads();
        let to_start = runtime.overflow.adjust(stuck_overflow, most);
        runtime.start_overflow_threads(to_start);
        if round.is_multiple_of(QUEUE_LOOKS) {
            runtime.overflow.set_full(lost_overflow >= most);
            waiting::those_who_wait(&runtime, lost_overflow >= most);
        }
        worker_handoff::serve(&runtime);
        let is_overflow_quiet = runtime.overflow.is_quiet();
        let is_calm = polls >= CALM_FROM && !one_stays && is_overflow_quiet;
        let quiet = !busy && is_overflow_quiet && watch_level != WatchLevel::Poll;
        quiet_looks = if quiet { quiet_looks + 1 } else { 0 };
        // Of those that are stuck nothing new is to be expected; they are looked at more rarely.
        let stuck = watch_level == WatchLevel::Deadline
            || watched.iter().any(|watched| watched.poll.is_some());
        let parker = Arc::clone(&runtime.parker);
        let may_sleep = quiet_looks >= QUIET_LOOKS
            && parker.may_park(|| {
                runtime.overflow.is_quiet()
                    && runtime.monitored_tasks.watch_level()
                        <= watch_level.min(WatchLevel::Deadline)
                    && !runtime.has_new_slots()
                    && watched.iter().all(Watched::is_as_seen)
            });
        // While it sleeps it must not be what keeps the runtime there.
        drop(runtime);
        last = Instant::now();
        match (may_sleep, stuck) {
            (false, _) => park_timeout(if is_calm { LOOK_EVERY_CALM } else { LOOK_EVERY }),
            (true, true) => {
                let somebody_waits = watch_level > WatchLevel::Nothing;
                let longest = LOOK_EVERY * LONGEST_POKE;
                park_timeout(if somebody_waits { expiry.sleep(lived()) } else { longest });
                last = Instant::now();
            }
            (true, false) => {
                while parker.is_parked() {
                    park();
                }
                last = Instant::now();
            }
        }
        if may_sleep {
            parker.set_unparked();
        }
    }
}

impl Watched {
    /// Nothing began since the last look.
    fn is_as_seen(&self) -> bool {
        self.slot.poll_number() == self.poll.as_ref().map(|poll| poll.number)
    }

    /// Polls that began since it was asked last.
    fn polls_since(&mut self) -> u64 {
        let polls = self.slot.polls();
        polls - std::mem::replace(&mut self.polls, polls)
    }

    fn look(
        &mut self,
        runtime: &Arc<RuntimeContext>,
        now: Instant,
        may_act: bool,
        poke: &mut bool,
    ) {
        let number = self.slot.poll_number();
        if number != self.poll.as_ref().map(|poll| poll.number) {
            if let Some(Poll { overdue: Some(overdue), .. }) = self.poll.take() {
                overdue.violation.came_back(runtime);
            }
            self.poll = number.map(|number| Poll {
                number,
                first_seen: now,
                looks: 0,
                next_poke: 1,
                overdue: None,
                is_actor: false,
                cpu: None,
            });
        }
        let Some(poll) = &mut self.poll else { return };
        poll.looks = poll.looks.saturating_add(1);
        if self.slot.role() == Role::Worker && poll.looks > poll.next_poke {
            poll.next_poke = poll.looks + (poll.next_poke).min(LONGEST_POKE);
            *poke = true;
        }
        if poll.looks == SAMPLE_LOOK {
            poll.cpu = self.slot.thread.kernel().and_then(Sample::take);
        }
        // Of an actor at each further look: in one poll it may answer some, and block for the next.
        if poll.looks == 2 || (poll.looks > 2 && poll.is_actor) {
            match self.slot.work_of(poll.number) {
                // A request that takes its time is one whose client may go.
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
            Some(overdue) => {
                overdue.looks = overdue.looks.saturating_add(1);
                if overdue.looks.is_multiple_of(OVERDUE_LOOKS) {
                    overdue.violation.still_stuck(runtime, now, poll.first_seen);
                    if runtime.has_priority {
                        overdue.lower_if_it_burns(&self.slot, poll.number, now);
                    }
                }
            }
            None if !may_act => {}
            None => {
                let Some(work) = self.slot.work_of(poll.number) else { return };
                let slot = Arc::clone(&self.slot);
                let held = HeldThread { slot, poll: poll.number, before: poll.cpu };
                poll.overdue =
                    deadline::look(runtime, work, held, now, poll.first_seen).map(|violation| {
                        let cpu_time = priority::cpu_time(self.slot.thread).map(|time| (time, now));
                        OverduePoll {
                            violation,
                            cpu_time,
                            lowered: false,
                            since: now,
                            next_measurement: now,
                            looks: 0,
                        }
                    });
            }
        }
    }
}
