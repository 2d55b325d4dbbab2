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
        let Poll::Ready(Some(work)) = handoff.next(&waker) else { panic!("it was brought") };
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
            if let Poll::Ready(Some(work)) = self.handoff.next(&self.waker) {
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
        // The event that the work waits for happens.
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
        let taken = scene.handoff.cancel().is_some();
        scene.handoff.close();
        overflow.join().unwrap();
        assert_ne!(taken, given_back.load(Ordering::SeqCst), "dropped by none or by both");
        assert!(scene.task.scheduled.load(Ordering::SeqCst), "the task is left behind");
        assert!(matches!(scene.handoff.next(&scene.waker), Poll::Ready(None)));
    });
}

#[test]
fn a_wake_while_the_connection_polls_in_the_tasks_place_is_not_lost() {
    loom::model(|| {
        let (scene, work) = Scene::with_work_away();
        scene.handoff.finish();
        let connection = {
            let handoff = Arc::clone(&scene.handoff);
            loom::thread::spawn(move || {
                assert!(handoff.take_place().is_some(), "the task has nothing");
                if work.poll() {
                    handoff.finish();
                    return true;
                }
                handoff.park(work);
                false
            })
        };
        // The event that the work waits for happens.
        scene.done.store(true, Ordering::SeqCst);
        scene.waker.wake_by_ref();
        scene.run_task();
        let answered = connection.join().unwrap();
        scene.run_task();
        assert!(answered || scene.handoff.take_answered().is_some(), "it waits for ever");
        assert!(scene.handoff.take_place().is_some(), "the next request has no place");
    });
}
