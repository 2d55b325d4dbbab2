//! Model check: the mailbox keeps its promises under every interleaving of threads.

use std::task::{Poll, Wake, Waker};
use std::time::Duration;

use loom::sync::Arc;

use crate::actor::mailbox::*;
use crate::actor::reply::{Reply, ReplySlot};
use crate::actor::traits::Command;
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

type Asked = std::sync::Arc<ReplySlot<u32>>;

struct Scene {
    mailbox: Mailbox<Add, ()>,
    poll_task: std::sync::Arc<Task>,
    waker: Waker,
}

impl Scene {
    /// Returns an actor that is to be polled for the first time.
    fn new() -> Arc<Self> {
        let entry = ActorEntry::new("actor".to_owned());
        let mailbox = Mailbox::new(8, std::sync::Arc::new(entry));
        assert!(mailbox.begin(0, ()).is_none());
        let poll_task = std::sync::Arc::new(Task(AtomicBool::new(true)));
        let waker = Waker::from(std::sync::Arc::clone(&poll_task));
        Arc::new(Self { mailbox, poll_task, waker })
    }

    fn send(&self) -> Asked {
        let answer = std::sync::Arc::new(ReplySlot::new(Waker::noop().clone()));
        let envelope = Envelope {
            command: Add(Reply::new(std::sync::Arc::clone(&answer))),
            answer: std::sync::Arc::clone(&answer) as _,
            deadline: None,
            in_handler: false,
        };
        assert!(self.mailbox.send(envelope).is_ok());
        answer
    }

    /// One poll of the actor's, in incarnation `incarnation`; says how many commands it has run.
    fn poll_actor(&self, incarnation: u64) -> u32 {
        let (mut last, mut batch, mut ran) = (None, Batch::default(), 0);
        while let Poll::Ready(Next::Command { command, .. }) =
            self.mailbox.next(incarnation, &mut last, &mut batch, None)
        {
            last = command.0.answer(1).0;
            ran += 1;
        }
        _ = self.mailbox.park(incarnation, ());
        ran
    }

    /// Runs the poll_task as often as it is scheduled.
    fn run_driver(&self) -> u32 {
        let mut ran = 0;
        while self.poll_task.0.swap(false, Order::SeqCst) {
            if let Poll::Ready(Some(())) = self.mailbox.take(0, &self.waker) {
                ran += self.poll_actor(0);
            }
        }
        ran
    }
}

fn is_answered(asked: &Asked) -> bool {
    asked.poll(&std::task::Context::from_waker(Waker::noop())).is_ready()
}

#[test]
fn a_command_that_comes_while_the_actor_lies_down_is_run() {
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
fn an_abandoned_incarnation_takes_nothing_and_its_caller_fails_once() {
    loom::model(|| {
        let scene = Scene::new();
        let first = scene.send();
        assert!(matches!(scene.mailbox.take(0, &scene.waker), Poll::Ready(Some(()))));
        // The deadline of the command has already passed.
        let limit = Some(Duration::ZERO);
        let next = scene.mailbox.next(0, &mut None, &mut Batch::default(), limit);
        let Poll::Ready(Next::Command { command, .. }) = next else { panic!("it was sent") };
        let second = scene.send();
        let watchdog = {
            let scene = Arc::clone(&scene);
            loom::thread::spawn(move || {
                let now = Instant::now();
                match scene.mailbox.abandon(0, now, now) {
                    Some(remains) => {
                        assert_eq!(remains.incarnation, 1);
                        remains.fail();
                        true
                    }
                    None => false,
                }
            })
        };
        // It comes back after all.
        _ = command.0.answer(1);
        let ran = scene.poll_actor(0);
        let abandoned = watchdog.join().unwrap();
        assert!(is_answered(&first), "by the actor or by the watchdog");
        if abandoned {
            // The fresh one takes what the other has left.
            let left = scene.poll_actor(1);
            assert_eq!(ran + left, 1, "lost, or run twice");
        } else {
            assert_eq!(ran, 1);
        }
        assert!(is_answered(&second));
    });
}
