//! Where a connection, its request task and the overflow threads meet.
//!
//! A request task serves one request after the other, as long as its connection lives: a task of its
//! own for each request costs two thousand instructions more, most of them for its memory.
//!
//! The work `W` is one request under way, with its answer when it has one. Whoever polls it takes it
//! out and puts it back.
//!
//! Invariants:
//! - the work is in one place only, so nobody polls it twice at a time;
//! - the task is woken after a wake that came while the work was away, so no wake is lost;
//! - work that came back pending is not taken again before the task is woken;
//! - an answer is given once, and only if the connection still wants it.

use std::sync::{OnceLock, PoisonError};
use std::task::Waker;

use crate::sync::{Mutex, MutexGuard};

/// Shared by one request task, the connection that it works for, and the overflow threads.
#[derive(Debug)]
pub(crate) struct Exchange<W> {
    /// Never held across anything but moves.
    meeting: Mutex<Meeting<W>>,
    /// A task is one task for life, and so is its waker.
    task: OnceLock<Waker>,
}

#[derive(Debug)]
struct Meeting<W> {
    state: State<W>,
    /// The connection wants no answer to this work any more.
    unwanted: bool,
    /// The connection will bring no more.
    closed: bool,
}

#[derive(Debug)]
enum State<W> {
    Idle,
    /// Waits to be polled, for the first time or again.
    Parked(W),
    /// Somebody polls it.
    Away {
        /// The task was woken in the meantime.
        woken: bool,
    },
    Answered(W),
}

/// What the task finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<W> {
    Work(W),
    /// Nothing now; the task will be woken.
    Nothing,
    /// Nothing ever.
    End,
}

impl<W> Exchange<W> {
    /// With its first work, for a task that is still to be started.
    pub(super) fn with(work: W) -> Self {
        let meeting = Meeting { state: State::Parked(work), unwanted: false, closed: false };
        Self { meeting: Mutex::new(meeting), task: OnceLock::new() }
    }

    fn meet(&self) -> MutexGuard<'_, Meeting<W>> {
        // Nothing under this lock can panic half-way.
        self.meeting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connection: hands over work to the task.
    ///
    /// # Errors
    /// The work, when the task is not done with the last.
    pub(super) fn bring(&self, work: W) -> Result<(), W> {
        let mut meeting = self.meet();
        if !matches!(meeting.state, State::Idle) {
            return Err(work);
        }
        meeting.state = State::Parked(work);
        meeting.unwanted = false;
        drop(meeting);
        self.wake_task();
        Ok(())
    }

    /// Connection: takes the work that has its answer.
    pub(super) fn take_answered(&self) -> Option<W> {
        let mut meeting = self.meet();
        match std::mem::replace(&mut meeting.state, State::Idle) {
            State::Answered(work) => Some(work),
            other => {
                meeting.state = other;
                None
            }
        }
    }

    /// Connection: the answer is not wanted any more. Gives back what has no one to drop it.
    pub(super) fn give_up(&self) -> Option<W> {
        let mut meeting = self.meet();
        let answered = match std::mem::replace(&mut meeting.state, State::Idle) {
            State::Answered(work) => Some(work),
            // The task drops it, where that can be watched.
            other => {
                meeting.unwanted = !matches!(other, State::Idle);
                meeting.state = other;
                None
            }
        };
        drop(meeting);
        self.wake_task();
        answered
    }

    /// Connection: there will be no further work.
    pub(super) fn close(&self) {
        self.meet().closed = true;
        self.wake_task();
    }

    fn wake_task(&self) {
        // Without a waker the task has not run yet, and it looks when it does.
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
    }

    /// Task: takes work that is to be polled. `waker` is the task's own.
    pub(super) fn next(&self, waker: &Waker) -> Next<W> {
        // Before the look: what is brought after it then finds the waker.
        self.task.get_or_init(|| waker.clone());
        let mut meeting = self.meet();
        match std::mem::replace(&mut meeting.state, State::Away { woken: false }) {
            State::Parked(work) => Next::Work(work),
            State::Away { .. } => {
                meeting.state = State::Away { woken: true };
                Next::Nothing
            }
            other => {
                let idle = matches!(other, State::Idle);
                meeting.state = other;
                if meeting.closed && idle { Next::End } else { Next::Nothing }
            }
        }
    }

    /// Poller: puts back work that is pending. Wakes the task when it was woken in the meantime.
    pub(super) fn park(&self, work: W) {
        let mut meeting = self.meet();
        let woken = matches!(meeting.state, State::Away { woken: true }) || meeting.unwanted;
        meeting.state = State::Parked(work);
        drop(meeting);
        if woken {
            self.wake_task();
        }
    }

    /// Poller: there is nothing to put back. The task ends if that was closed.
    pub(super) fn finish(&self) {
        let mut meeting = self.meet();
        meeting.state = State::Idle;
        let closed = meeting.closed;
        drop(meeting);
        if closed {
            self.wake_task();
        }
    }

    /// Poller: puts back work that has its answer. What is not wanted is given back, to be dropped.
    pub(super) fn answer(&self, work: W) -> Option<W> {
        let mut meeting = self.meet();
        if meeting.unwanted {
            meeting.state = State::Idle;
            let closed = meeting.closed;
            drop(meeting);
            if closed {
                self.wake_task();
            }
            return Some(work);
        }
        meeting.state = State::Answered(work);
        None
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use std::task::Wake;

    use loom::sync::Arc;

    use super::*;
    use crate::sync::{AtomicBool, AtomicUsize, Ordering};

    /// A task as a runtime has it: woken, it will be run once more.
    struct Task {
        scheduled: AtomicBool,
    }

    struct TaskWaker(Arc<Task>);

    impl Wake for TaskWaker {
        fn wake(self: std::sync::Arc<Self>) {
            // As a runtime does it: two that wake at a time are ordered.
            self.0.scheduled.swap(true, Ordering::SeqCst);
        }
    }

    /// Work whose one wait ends when `done` is set; counts who polls it at a time.
    struct Work {
        done: Arc<AtomicBool>,
        inside: Arc<AtomicUsize>,
    }

    impl Work {
        fn poll(&self) -> bool {
            assert_eq!(self.inside.fetch_add(1, Ordering::SeqCst), 0, "polled twice at a time");
            let done = self.done.load(Ordering::SeqCst);
            self.inside.fetch_sub(1, Ordering::SeqCst);
            done
        }
    }

    struct Scene {
        task: Arc<Task>,
        waker: Waker,
        exchange: Arc<Exchange<Work>>,
        done: Arc<AtomicBool>,
    }

    impl Scene {
        /// Work is under way, away on an overflow thread.
        fn with_work_away() -> (Self, Work) {
            let task = Arc::new(Task { scheduled: AtomicBool::new(false) });
            let waker = Waker::from(std::sync::Arc::new(TaskWaker(Arc::clone(&task))));
            let done = Arc::new(AtomicBool::new(false));
            let inside = Arc::new(AtomicUsize::new(0));
            let exchange = Arc::new(Exchange::with(Work { done: Arc::clone(&done), inside }));
            let Next::Work(work) = exchange.next(&waker) else { panic!("it was brought") };
            (Self { task, waker, exchange, done }, work)
        }

        /// One poll on an overflow thread.
        fn overflow(exchange: &Exchange<Work>, work: Work) {
            if work.poll() {
                drop(exchange.answer(work));
            } else {
                exchange.park(work);
            }
        }

        /// Runs the task as often as it is scheduled.
        fn run_task(&self) {
            while self.task.scheduled.swap(false, Ordering::SeqCst) {
                if let Next::Work(work) = self.exchange.next(&self.waker) {
                    Self::overflow(&self.exchange, work);
                }
            }
        }
    }

    #[test]
    fn a_wake_while_the_work_is_away_is_not_lost() {
        loom::model(|| {
            let (scene, work) = Scene::with_work_away();
            let overflow = {
                let exchange = Arc::clone(&scene.exchange);
                loom::thread::spawn(move || Scene::overflow(&exchange, work))
            };
            // What the work waits for happens.
            scene.done.store(true, Ordering::SeqCst);
            scene.waker.wake_by_ref();
            scene.run_task();
            overflow.join().unwrap();
            scene.run_task();
            assert!(scene.exchange.take_answered().is_some(), "it waits for ever");
        });
    }

    #[test]
    fn work_that_came_back_pending_is_not_polled_before_it_is_woken() {
        loom::model(|| {
            let (scene, work) = Scene::with_work_away();
            let overflow = {
                let exchange = Arc::clone(&scene.exchange);
                loom::thread::spawn(move || Scene::overflow(&exchange, work))
            };
            scene.run_task();
            overflow.join().unwrap();
            assert!(!scene.task.scheduled.load(Ordering::SeqCst), "woken for nothing");
        });
    }

    #[test]
    fn an_answer_is_given_to_the_connection_or_back_and_the_task_ends_when_it_is_closed() {
        loom::model(|| {
            let (scene, work) = Scene::with_work_away();
            scene.done.store(true, Ordering::SeqCst);
            let given_back = Arc::new(AtomicBool::new(false));
            let overflow = {
                let (exchange, given_back) = (Arc::clone(&scene.exchange), Arc::clone(&given_back));
                loom::thread::spawn(move || {
                    let unwanted = exchange.answer(work).is_some();
                    given_back.store(unwanted, Ordering::SeqCst);
                })
            };
            let taken = scene.exchange.give_up().is_some();
            scene.exchange.close();
            overflow.join().unwrap();
            assert_ne!(taken, given_back.load(Ordering::SeqCst), "dropped by none or by both");
            assert!(scene.task.scheduled.load(Ordering::SeqCst), "the task is left behind");
            assert!(matches!(scene.exchange.next(&scene.waker), Next::End));
        });
    }
}
