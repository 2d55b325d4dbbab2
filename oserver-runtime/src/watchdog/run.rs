//! The loop of the watchdog: it looks at every slot, every two milliseconds while anything is polled, less often while
//! all polls are short, and sleeps otherwise.

use std::sync::{Arc, Weak};
use std::thread::{self, park, park_timeout};
use std::time::{Duration, Instant};

use crate::clock::lived::lived;
use crate::panic::deferred_drop::defer_drops_of_this_thread;
use crate::watchdog::monitored_task::WatchLevel;
use crate::watchdog::runtime_context::RuntimeContext;
use crate::watchdog::slot::Role;
use crate::watchdog::thread_refusal::ThreadRefusal;
use crate::watchdog::tick::{Expiry, LOOK_EVERY, Sleep};
use crate::watchdog::watched::{LONGEST_POKE, Watched};
use crate::watchdog::worker_handoff;

/// How often it looks while many polls come and go, and each long poll is known already: the event queue is served
/// then, and each look would only take CPU time from the workers.
const LOOK_EVERY_CALM: Duration = Duration::from_millis(8);
/// How many polls make that many.
const CALM_FROM: u64 = 32;
/// How many looks without a poll before it sleeps.
const QUIET_LOOKS: u32 = 10;
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

fn run(runtime: &Weak<RuntimeContext>) {
    defer_drops_of_this_thread();
    let mut watched: Vec<Watched> = Vec::new();
    let mut quiet_looks = 0;
    let mut round = 0_u32;
    let mut last = Instant::now();
    let mut sleep = Sleep::default();
    let mut expiry = Expiry::new(lived());
    let mut thread_refusal = ThreadRefusal::default();
    loop {
        let Some(runtime) = runtime.upgrade() else { return };
        let slept = last.elapsed();
        let may_act = sleep.may_act(slept);
        let now = lived();
        round = round.wrapping_add(1);
        watched.extend(runtime.take_new_slots().map(Watched::new));
        // A thread that has ended left its slot behind.
        watched.retain(|watched| Arc::strong_count(&watched.slot) > 1 || watched.poll.is_some());
        let mut busy = false;
        let (mut held_workers, mut held_by_actors) = (0, 0);
        let (mut stuck_overflow, mut lost_overflow) = (0, 0);
        let mut poke = false;
        let (mut polls, mut one_stays) = (0, false);
        for watched in &mut watched {
            polls += watched.polls_since();
            poke |= watched.look(&runtime, slept, now, may_act);
            if let Some(poll) = &watched.poll {
                let is_news = poll.is_news();
                busy |= is_news;
                one_stays |= is_news && poll.looks > 1;
                let is_overflow = watched.slot.role == Role::Overflow;
                let holds_worker = watched.slot.role == Role::Worker && poll.looks > 1;
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
        let to_start = runtime.overflow.adjust(stuck_overflow, thread_refusal.most(most, now));
        thread_refusal.start(&runtime, to_start, now);
        if round.is_multiple_of(QUEUE_LOOKS) {
            let none_is_left = thread_refusal.none_is_left(&runtime, lost_overflow, now);
            let is_full = lost_overflow >= most || none_is_left;
            runtime.overflow.set_full(is_full);
            runtime.answer_waiting(is_full);
        }
        worker_handoff::serve(&runtime);
        let is_overflow_quiet = runtime.overflow.is_quiet();
        let is_calm = polls >= CALM_FROM && !one_stays && is_overflow_quiet;
        let quiet = !busy && is_overflow_quiet && watch_level != WatchLevel::Poll;
        quiet_looks = if quiet { quiet_looks + 1 } else { 0 };
        // Stuck polls seldom change; they are looked at more rarely.
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
        // A sleeping watchdog must not keep the runtime alive.
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
