//! Where commands wait, and where the owner is between two polls.
//!
//! Both under one lock, which is never held across anything but moves and one walk along the queue:
//! so a command that comes finds the owner at rest and has it polled, or finds it at work and is seen
//! by it.
//!
//! Invariants:
//! - each command that was taken in is run once, or its caller is told why it is not;
//! - the owner's future is in one place only, so nobody polls it twice at a time;
//! - a life that was given up takes no further command, also if its thread comes back;
//! - who was answered is woken at the end of the poll at the latest, or by the watchdog if that does
//!   not end: not sooner, because the task that a worker's task woke last is stuck with that one if it
//!   then blocks (tokio's LIFO slot), and the next command may block.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::actor::Command;
use super::answer::Answerable;
use super::error::CallError;
use crate::health::owners::OwnerEntry;
use crate::isolation::bulkhead::guest::Need;
use crate::request::server::DEFAULT_TIMEOUT;
use crate::sync::{Mutex, MutexGuard};

/// Commands after which an owner lets others have its worker.
const LONGEST_BATCH: u32 = 64;
/// The same as time: who was answered waits no longer.
const LONGEST_BATCH_TIME: Duration = Duration::from_micros(100);
/// Looks of the watchdog at an owner that is to be polled and is not, until that is taken for stuck.
const FIRST_RESCUE: u32 = 2;

pub(super) struct Mailbox<C, W> {
    state: Mutex<State<C, W>>,
    capacity: usize,
    entry: Arc<OwnerEntry>,
}

struct State<C, W> {
    queue: VecDeque<Envelope<C>>,
    phase: Phase,
    /// The life that may take commands; each has a number of its own.
    life: u64,
    place: Place<W>,
    /// The owner waits for a command, and for nothing else.
    idle: bool,
    /// What it is at.
    current: Option<Current>,
    /// Who was answered in this poll.
    answered: Vec<Waker>,
    /// The task that polls, and its waker once it has run.
    driver: u64,
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

/// What the owner is at.
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
    /// Between two lives.
    Absent,
    Parked(W),
    /// It is to be polled.
    Scheduled(W),
    /// Somebody polls it.
    Away {
        woken: bool,
    },
}

/// What a driver finds.
pub(super) enum Taken<W> {
    Work(W),
    Nothing,
    /// Nothing ever.
    End,
}

/// What an owner finds.
pub(super) enum Next<C> {
    Command {
        command: C,
        until: Option<Instant>,
    },
    /// The mailbox is empty, or it is time to let others have the worker.
    Nothing,
    /// The mailbox is empty for ever.
    Stop,
    /// This life was given up.
    GivenUp,
}

/// How much was done in this poll.
#[derive(Default)]
pub(super) struct Batch {
    commands: u32,
    began: Option<Instant>,
}

impl Batch {
    fn add(&mut self, now: Instant) {
        self.commands += 1;
        self.began.get_or_insert(now);
    }

    fn is_over(&self, now: Instant) -> bool {
        self.commands >= LONGEST_BATCH
            || self.began.is_some_and(|began| now.duration_since(began) >= LONGEST_BATCH_TIME)
    }
}

/// What a life leaves behind that was ended from outside.
pub(super) struct Remains {
    pub(super) life: u64,
    pub(super) driver: u64,
    pub(super) command: &'static str,
    answer: Option<Arc<dyn Answerable>>,
    answered: Vec<Waker>,
    waker: Option<Waker>,
}

impl Remains {
    /// Tells those who wait.
    pub(super) fn tell(self) {
        if let Some(answer) = self.answer {
            answer.fail(CallError::Restarted);
        }
        self.answered.into_iter().for_each(Waker::wake);
        // The driver of before ends.
        self.waker.into_iter().for_each(Waker::wake);
    }
}

impl<C, W> Mailbox<C, W> {
    pub(super) fn new(capacity: usize, entry: Arc<OwnerEntry>) -> Self {
        let state = State {
            queue: VecDeque::new(),
            phase: Phase::Open,
            life: 0,
            place: Place::Absent,
            idle: false,
            current: None,
            answered: Vec::new(),
            driver: 0,
            waker: None,
            unseen: 0,
            next_rescue: FIRST_RESCUE,
        };
        Self { state: Mutex::new(state), capacity, entry }
    }

    fn state(&self) -> MutexGuard<'_, State<C, W>> {
        // Nothing under this lock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Caller: takes a command in. Says whether the owner was at rest.
    pub(super) fn send(&self, envelope: Envelope<C>) -> Result<bool, (CallError, Envelope<C>)> {
        let mut state = self.state();
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

    /// What the owner waited for in life `life` has happened.
    pub(super) fn wake(&self, life: u64) {
        let mut state = self.state();
        let (_, waker) = if state.life == life { state.schedule() } else { (false, None) };
        drop(state);
        wake(waker);
    }

    /// Keeper: the work of the life that there is now, to be polled.
    pub(super) fn begin(&self, life: u64, work: W) {
        let mut state = self.state();
        if state.life != life || state.phase == Phase::Ended {
            drop(state);
            return drop(work);
        }
        state.place = Place::Scheduled(work);
        state.idle = false;
        let waker = state.waker.clone();
        drop(state);
        wake(waker);
    }

    /// Driver `driver`: takes what is to be polled. `waker` is its own.
    pub(super) fn take(&self, driver: u64, waker: &Waker) -> Taken<W> {
        let mut state = self.state();
        if state.driver != driver || state.phase == Phase::Ended {
            return Taken::End;
        }
        if state.waker.is_none() {
            state.waker = Some(waker.clone());
        }
        match std::mem::replace(&mut state.place, Place::Away { woken: false }) {
            Place::Scheduled(work) => {
                state.unseen = 0;
                state.next_rescue = FIRST_RESCUE;
                state.idle = false;
                Taken::Work(work)
            }
            other => {
                state.place = other;
                Taken::Nothing
            }
        }
    }

    /// Driver: could not poll it now.
    pub(super) fn put_back(&self, life: u64, work: W) -> Option<W> {
        let mut state = self.state();
        if state.life != life {
            return Some(work);
        }
        state.place = Place::Scheduled(work);
        None
    }

    /// Poller: puts back work that is pending, and wakes those who were answered. Work that nobody
    /// wants any more is given back, to be dropped.
    pub(super) fn park(&self, life: u64, work: W) -> Option<W> {
        let mut state = self.state();
        if state.life != life {
            return Some(work);
        }
        let woken = matches!(state.place, Place::Away { woken: true });
        state.place = if woken { Place::Scheduled(work) } else { Place::Parked(work) };
        let waker = if woken { state.waker.clone() } else { None };
        let answered = std::mem::take(&mut state.answered);
        drop(state);
        answered.into_iter().for_each(Waker::wake);
        wake(waker);
        None
    }

    /// Owner, in life `life`: it begins something that is no command.
    pub(super) fn at(&self, life: u64, name: &'static str, until: Option<Instant>) {
        let mut state = self.state();
        if state.life == life {
            let current = Current { name, answer: None, deadline: None, until };
            let before = state.current.replace(current);
            drop(state);
            drop(before);
        }
    }

    /// What it is at, by name.
    pub(super) fn command(&self) -> Option<&'static str> {
        self.state().current.as_ref().map(|current| current.name)
    }

    /// Poller: the life has ended, and what it was at with it. What follows is its drop.
    pub(super) fn end_life(&self, life: u64, until: Option<Instant>) {
        let mut state = self.state();
        if state.life != life {
            return;
        }
        let drop_of_it = Current { name: "drop", answer: None, deadline: None, until };
        let current = state.current.replace(drop_of_it);
        let answered = std::mem::take(&mut state.answered);
        drop(state);
        if let Some(answer) = current.and_then(|current| current.answer) {
            answer.fail(CallError::Restarted);
        }
        answered.into_iter().for_each(Waker::wake);
    }

    /// Keeper: life `life` is over. The number of the next.
    pub(super) fn next_life(&self, life: u64) -> Option<u64> {
        let mut state = self.state();
        if state.life != life || state.phase == Phase::Ended {
            return None;
        }
        state.life += 1;
        state.place = Place::Absent;
        let current = state.current.take();
        let next = state.life;
        drop(state);
        drop(current);
        Some(next)
    }

    /// Watchdog: whether life `life` holds its thread for longer than it may.
    pub(super) fn is_overdue(&self, life: u64, now: Instant, first_seen: Instant) -> bool {
        self.state().is_overdue(life, now, first_seen)
    }

    /// Watchdog: gives that life up, and its driver, if it still does.
    pub(super) fn condemn(&self, life: u64, now: Instant, first_seen: Instant) -> Option<Remains> {
        let mut state = self.state();
        if !state.is_overdue(life, now, first_seen) {
            return None;
        }
        state.life += 1;
        state.place = Place::Absent;
        let current = state.current.take().expect("it is overdue");
        let (driver, waker) = state.replace_driver();
        Some(Remains {
            life: state.life,
            driver,
            command: current.name,
            answer: current.answer,
            answered: std::mem::take(&mut state.answered),
            waker,
        })
    }

    /// Watchdog: the poll of life `life` takes its time; who was answered shall not wait for it.
    pub(super) fn wake_answered(&self, life: u64) {
        let mut state = self.state();
        if state.life != life {
            return;
        }
        let answered = std::mem::take(&mut state.answered);
        drop(state);
        answered.into_iter().for_each(Waker::wake);
    }

    /// Watchdog: a driver that was woken and does not come is stuck with the worker that it was woken
    /// on. Says the number of the one that takes its place.
    pub(super) fn rescue(&self) -> Option<u64> {
        let mut state = self.state();
        if !matches!(state.place, Place::Scheduled(_)) {
            return None;
        }
        state.unseen = state.unseen.saturating_add(1);
        if state.unseen < state.next_rescue {
            return None;
        }
        // It may only be late.
        state.next_rescue = state.next_rescue.saturating_mul(2);
        let (driver, waker) = state.replace_driver();
        drop(state);
        wake(waker);
        Some(driver)
    }

    /// Watchdog: tells callers whose time is over, and whom nobody else tells. Their commands are dropped
    /// when their turn comes.
    pub(super) fn expire(&self, now: Instant) {
        let state = self.state();
        let waiting = state.queue.iter().filter(|envelope| !envelope.in_handler);
        let waiting = waiting.map(|envelope| (envelope.deadline, &envelope.answer));
        let current = state.current.iter();
        let current =
            current.filter_map(|current| Some((current.deadline, current.answer.as_ref()?)));
        let over: Vec<_> = waiting
            .chain(current)
            .filter(|(deadline, _)| deadline.is_some_and(|deadline| deadline <= now))
            .map(|(_, answer)| Arc::clone(answer))
            .collect();
        drop(state);
        for answer in over {
            answer.fail(CallError::Expired);
        }
    }

    pub(super) fn need(&self) -> Need {
        let state = self.state();
        let has_callers = !state.queue.is_empty()
            || state.current.as_ref().is_some_and(|current| current.answer.is_some());
        match state.place {
            Place::Scheduled(_) => Need::Poll,
            _ if has_callers => Need::Patience,
            _ => Need::Nothing,
        }
    }

    /// Nothing more is taken in.
    pub(super) fn close(&self) {
        let mut state = self.state();
        if state.phase != Phase::Open {
            return;
        }
        state.phase = Phase::Draining;
        let (_, waker) = if state.idle { state.schedule() } else { (false, None) };
        drop(state);
        wake(waker);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.state().phase == Phase::Ended
    }

    /// The owner has ended, or its runtime: whatever is left is told so. `driver`: only if that is
    /// still the one.
    pub(super) fn end(&self, driver: Option<u64>) {
        let mut state = self.state();
        if state.phase == Phase::Ended || driver.is_some_and(|driver| driver != state.driver) {
            return;
        }
        state.phase = Phase::Ended;
        state.life += 1;
        let place = std::mem::replace(&mut state.place, Place::Absent);
        let (current, queue) = (state.current.take(), std::mem::take(&mut state.queue));
        let answered = std::mem::take(&mut state.answered);
        let waker = state.waker.take();
        self.entry.queued.store(0, Ordering::Relaxed);
        drop(state);
        if let Some(answer) = current.and_then(|current| current.answer) {
            answer.fail(CallError::Stopped);
        }
        for envelope in queue {
            envelope.answer.fail(CallError::Stopped);
        }
        answered.into_iter().for_each(Waker::wake);
        wake(waker);
        drop(place);
    }
}

impl<C: Command, W> Mailbox<C, W> {
    /// Owner, in life `life`: the next command. `last` is whom it has answered just before, `limit`
    /// what the command may take.
    pub(super) fn next(
        &self,
        life: u64,
        last: &mut Option<Waker>,
        batch: &mut Batch,
        limit: Option<Duration>,
    ) -> Next<C> {
        loop {
            let mut state = self.state();
            if state.life != life {
                drop(state);
                wake(last.take());
                return Next::GivenUp;
            }
            // The drop of an answer may be the user's code: not under the lock.
            let done = state.current.take();
            if state.queue.is_empty() {
                let next = match state.phase {
                    Phase::Open => Next::Nothing,
                    Phase::Draining | Phase::Ended => Next::Stop,
                };
                state.idle = true;
                drop(state);
                drop(done);
                *batch = Batch::default();
                // Nothing of the owner's comes between this and the end of the poll.
                wake(last.take());
                return next;
            }
            let now = Instant::now();
            if batch.is_over(now) {
                state.schedule();
                drop(state);
                drop(done);
                *batch = Batch::default();
                wake(last.take());
                return Next::Nothing;
            }
            let Some(envelope) = state.queue.pop_front() else { continue };
            self.entry.queued.store(state.queue.len(), Ordering::Relaxed);
            batch.add(now);
            if envelope.is_unwanted(now) {
                drop(state);
                drop(done);
                self.entry.expired.fetch_add(1, Ordering::Relaxed);
                envelope.answer.fail(CallError::Expired);
                continue;
            }
            state.answered.extend(last.take());
            let until = limit.map(|limit| now + limit);
            let Envelope { command, answer, deadline, in_handler } = envelope;
            let deadline = deadline.filter(|_| !in_handler);
            let (name, answer) = (command.name(), Some(answer));
            state.current = Some(Current { name, answer, deadline, until });
            drop(state);
            drop(done);
            return Next::Command { command, until };
        }
    }
}

impl<C> Envelope<C> {
    /// Nobody waits for it any more, who has given up or should have.
    fn is_unwanted(&self, now: Instant) -> bool {
        // The caller, the command and this.
        self.deadline.is_some_and(|deadline| deadline <= now) || Arc::strong_count(&self.answer) < 3
    }
}

impl<C, W> State<C, W> {
    /// The owner is to be polled. Says whether it was at rest, and whom to wake for it.
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

    fn is_overdue(&self, life: u64, now: Instant, first_seen: Instant) -> bool {
        // What may take for ever may still not hold a thread for ever.
        let until = |current: &Current| current.until.unwrap_or(first_seen + DEFAULT_TIMEOUT);
        self.life == life
            && matches!(self.place, Place::Away { .. })
            && self.current.as_ref().is_some_and(|current| until(current) <= now)
    }

    fn replace_driver(&mut self) -> (u64, Option<Waker>) {
        self.driver += 1;
        (self.driver, self.waker.take())
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use std::task::Wake;

    use loom::sync::Arc;

    use super::super::answer::{Answer, Reply};
    use super::*;
    use crate::sync::{AtomicBool, Ordering as Order};

    struct Add(Reply<u32>);

    impl Command for Add {
        fn name(&self) -> &'static str {
            "add"
        }
    }

    /// A task as a runtime has it: woken, it will be run once more.
    struct Task(AtomicBool);

    impl Wake for Task {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.swap(true, Order::SeqCst);
        }
    }

    type Asked = std::sync::Arc<Answer<u32>>;

    struct Scene {
        mailbox: Mailbox<Add, ()>,
        driver: std::sync::Arc<Task>,
        waker: Waker,
    }

    impl Scene {
        /// An owner that is to be polled for the first time.
        fn new() -> Arc<Self> {
            let entry = OwnerEntry::new("owner".to_owned());
            let mailbox = Mailbox::new(8, std::sync::Arc::new(entry));
            mailbox.begin(0, ());
            let driver = std::sync::Arc::new(Task(AtomicBool::new(true)));
            let waker = Waker::from(std::sync::Arc::clone(&driver));
            Arc::new(Self { mailbox, driver, waker })
        }

        fn send(&self) -> Asked {
            let answer = std::sync::Arc::new(Answer::new());
            let envelope = Envelope {
                command: Add(Reply::new(std::sync::Arc::clone(&answer))),
                answer: std::sync::Arc::clone(&answer) as _,
                deadline: None,
                in_handler: false,
            };
            assert!(self.mailbox.send(envelope).is_ok());
            answer
        }

        /// One poll of the owner's, in life `life`; says how many commands it has run.
        fn poll_owner(&self, life: u64) -> u32 {
            let (mut last, mut batch, mut ran) = (None, Batch::default(), 0);
            while let Next::Command { command, .. } =
                self.mailbox.next(life, &mut last, &mut batch, None)
            {
                last = command.0.answer(1).0;
                ran += 1;
            }
            _ = self.mailbox.park(life, ());
            ran
        }

        /// Runs the driver as often as it is scheduled.
        fn run_driver(&self) -> u32 {
            let mut ran = 0;
            while self.driver.0.swap(false, Order::SeqCst) {
                if let Taken::Work(()) = self.mailbox.take(0, &self.waker) {
                    ran += self.poll_owner(0);
                }
            }
            ran
        }
    }

    fn is_answered(asked: &Asked) -> bool {
        asked.poll(&std::task::Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn a_command_that_comes_while_the_owner_lies_down_is_run() {
        loom::model(|| {
            let scene = Scene::new();
            let sender = {
                let scene = Arc::clone(&scene);
                loom::thread::spawn(move || scene.send())
            };
            let mut ran = scene.run_driver();
            let asked = sender.join().unwrap();
            ran += scene.run_driver();
            assert_eq!(ran, 1);
            assert!(is_answered(&asked), "it waits for ever");
        });
    }

    #[test]
    fn a_life_that_is_given_up_takes_nothing_and_its_caller_is_told_once() {
        loom::model(|| {
            let scene = Scene::new();
            let first = scene.send();
            assert!(matches!(scene.mailbox.take(0, &scene.waker), Taken::Work(())));
            // What it is at must be over by now.
            let limit = Some(Duration::ZERO);
            let next = scene.mailbox.next(0, &mut None, &mut Batch::default(), limit);
            let Next::Command { command, .. } = next else { panic!("it was sent") };
            let second = scene.send();
            let watchdog = {
                let scene = Arc::clone(&scene);
                loom::thread::spawn(move || {
                    let now = Instant::now();
                    match scene.mailbox.condemn(0, now, now) {
                        Some(remains) => {
                            assert_eq!(remains.life, 1);
                            remains.tell();
                            true
                        }
                        None => false,
                    }
                })
            };
            // It comes back after all.
            _ = command.0.answer(1);
            let ran = scene.poll_owner(0);
            let condemned = watchdog.join().unwrap();
            assert!(is_answered(&first), "by the owner or by the watchdog");
            if condemned {
                // The fresh one takes what the other has left.
                let left = scene.poll_owner(1);
                assert_eq!(ran + left, 1, "lost, or run twice");
            } else {
                assert_eq!(ran, 1);
            }
            assert!(is_answered(&second));
        });
    }
}
