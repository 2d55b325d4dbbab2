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
pub(crate) struct Handoff<W> {
    /// Never held across anything but moves.
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
pub(crate) enum Next<W> {
    Work(W),
    /// Nothing now; the task will be woken.
    Nothing,
    /// Nothing ever.
    End,
}

impl<W> Handoff<W> {
    /// With its first work, for a task that is still to be started.
    pub(crate) fn with(work: W) -> Self {
        let inner = Inner { state: State::Parked(work), unwanted: false, closed: false };
        Self { inner: Mutex::new(inner), task: OnceLock::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<W>> {
        // Nothing under this lock can panic half-way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connection: hands over work to the task.
    ///
    /// # Errors
    /// The work, when the task is not done with the last.
    pub(crate) fn submit(&self, work: W) -> Result<(), W> {
        let mut inner = self.lock();
        if !matches!(inner.state, State::Idle) {
            return Err(work);
        }
        inner.state = State::Parked(work);
        inner.unwanted = false;
        drop(inner);
        self.wake_task();
        Ok(())
    }

    /// Connection: takes the work that has its answer.
    pub(crate) fn take_answered(&self) -> Option<W> {
        let mut inner = self.lock();
        match std::mem::replace(&mut inner.state, State::Idle) {
            State::Answered(work) => Some(work),
            other => {
                inner.state = other;
                None
            }
        }
    }

    /// Connection: the answer is not wanted any more. Gives back what has no one to drop it.
    pub(crate) fn give_up(&self) -> Option<W> {
        let mut inner = self.lock();
        let answered = match std::mem::replace(&mut inner.state, State::Idle) {
            State::Answered(work) => Some(work),
            // The task drops it, where that can be watched.
            other => {
                inner.unwanted = !matches!(other, State::Idle);
                inner.state = other;
                None
            }
        };
        drop(inner);
        self.wake_task();
        answered
    }

    /// Connection: there will be no further work.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.wake_task();
    }

    fn wake_task(&self) {
        // Without a waker the task has not run yet, and it looks when it does.
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
    }

    /// Task: takes work that is to be polled. `waker` is the task's own.
    pub(crate) fn next(&self, waker: &Waker) -> Next<W> {
        // Before the look: what is brought after it then finds the waker.
        self.task.get_or_init(|| waker.clone());
        let mut inner = self.lock();
        match std::mem::replace(&mut inner.state, State::Away { woken: false }) {
            State::Parked(work) => Next::Work(work),
            State::Away { .. } => {
                inner.state = State::Away { woken: true };
                Next::Nothing
            }
            other => {
                let idle = matches!(other, State::Idle);
                inner.state = other;
                if inner.closed && idle { Next::End } else { Next::Nothing }
            }
        }
    }

    /// Poller: puts back work that is pending. Wakes the task when it was woken in the meantime.
    pub(crate) fn park(&self, work: W) {
        let mut inner = self.lock();
        let woken = matches!(inner.state, State::Away { woken: true }) || inner.unwanted;
        inner.state = State::Parked(work);
        drop(inner);
        if woken {
            self.wake_task();
        }
    }

    /// Poller: there is nothing to put back. The task ends if that was closed.
    pub(crate) fn finish(&self) {
        let mut inner = self.lock();
        inner.state = State::Idle;
        let closed = inner.closed;
        drop(inner);
        if closed {
            self.wake_task();
        }
    }

    /// Poller: puts back work that has its answer. What is not wanted is given back, to be dropped.
    pub(crate) fn answer(&self, work: W) -> Option<W> {
        let mut inner = self.lock();
        if inner.unwanted {
            inner.state = State::Idle;
            let closed = inner.closed;
            drop(inner);
            if closed {
                self.wake_task();
            }
            return Some(work);
        }
        inner.state = State::Answered(work);
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
        handoff: Arc<Handoff<Work>>,
        done: Arc<AtomicBool>,
    }

    impl Scene {
        /// Work is under way, away on an overflow thread.
        fn with_work_away() -> (Self, Work) {
            let task = Arc::new(Task { scheduled: AtomicBool::new(false) });
            let waker = Waker::from(std::sync::Arc::new(TaskWaker(Arc::clone(&task))));
            let done = Arc::new(AtomicBool::new(false));
            let inside = Arc::new(AtomicUsize::new(0));
            let handoff = Arc::new(Handoff::with(Work { done: Arc::clone(&done), inside }));
            let Next::Work(work) = handoff.next(&waker) else { panic!("it was brought") };
            (Self { task, waker, handoff, done }, work)
        }

        /// One poll on an overflow thread.
        fn overflow(handoff: &Handoff<Work>, work: Work) {
            if work.poll() {
                drop(handoff.answer(work));
            } else {
                handoff.park(work);
            }
        }

        /// Runs the task as often as it is scheduled.
        fn run_task(&self) {
            while self.task.scheduled.swap(false, Ordering::SeqCst) {
                if let Next::Work(work) = self.handoff.next(&self.waker) {
                    Self::overflow(&self.handoff, work);
                }
            }
        }
    }

    #[test]
    fn a_wake_while_the_work_is_away_is_not_lost() {
        loom::model(|| {
            let (scene, work) = Scene::with_work_away();
            let overflow = {
                let handoff = Arc::clone(&scene.handoff);
                loom::thread::spawn(move || Scene::overflow(&handoff, work))
            };
            // What the work waits for happens.
            scene.done.store(true, Ordering::SeqCst);
            scene.waker.wake_by_ref();
            scene.run_task();
            overflow.join().unwrap();
            scene.run_task();
            assert!(scene.handoff.take_answered().is_some(), "it waits for ever");
        });
    }

    #[test]
    fn work_that_came_back_pending_is_not_polled_before_it_is_woken() {
        loom::model(|| {
            let (scene, work) = Scene::with_work_away();
            let overflow = {
                let handoff = Arc::clone(&scene.handoff);
                loom::thread::spawn(move || Scene::overflow(&handoff, work))
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
                let (handoff, given_back) = (Arc::clone(&scene.handoff), Arc::clone(&given_back));
                loom::thread::spawn(move || {
                    let unwanted = handoff.answer(work).is_some();
                    given_back.store(unwanted, Ordering::SeqCst);
                })
            };
            let taken = scene.handoff.give_up().is_some();
            scene.handoff.close();
            overflow.join().unwrap();
            assert_ne!(taken, given_back.load(Ordering::SeqCst), "dropped by none or by both");
            assert!(scene.task.scheduled.load(Ordering::SeqCst), "the task is left behind");
            assert!(matches!(scene.handoff.next(&scene.waker), Next::End));
        });
    }
}
