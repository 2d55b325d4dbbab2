//! Behavior of the waker, as seen by a future. Run under Miri as well.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use oserver_stacks::{MOST, poll};

/// Where `poll` is: it may stand there without its crate's name.
const IN_POLL: &str = "src/lib.rs:";

/// Counts its wake-ups.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn counted() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count::default());
    (Arc::clone(&count), Waker::from(count))
}

/// Keeps the waker that it was polled with, as every leaf does, and is never ready.
#[derive(Default)]
struct Leaf(Option<Waker>);

impl Future for Leaf {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Some(waker) if waker.will_wake(context.waker()) => {}
            waker => *waker = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

const OUTER: u32 = line!() + 3;

async fn outer(leaf: Pin<&mut Leaf>) {
    inner(leaf).await;
}

const INNER: u32 = line!() + 3;

async fn inner(leaf: Pin<&mut Leaf>) {
    leaf.await;
}

#[test]
fn each_poll_sees_the_chain_of_awaits_once() {
    let (_, waker) = counted();
    let mut leaf = pin!(Leaf::default());
    let mut future = pin!(outer(leaf.as_mut()));
    let mut context = Context::from_waker(&waker);
    for _ in 0..2 {
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    for _ in 0..2 {
        let (polled, seen) = poll(&waker, |context| future.as_mut().poll(context));
        assert!(polled.is_pending());
        assert_eq!(seen.len(), 1);
        let text = seen[0].to_string();
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no `{what}` in {text}"));
        let (inner, outer) = (format!("poll.rs:{INNER}:"), format!("poll.rs:{OUTER}:"));
        assert!(
            at(&inner) < at(&outer)
                && text.rfind(IN_POLL).is_some_and(|boundary| at(&outer) < boundary),
            "{text}"
        );
    }
}

#[test]
fn what_was_cloned_wakes_the_real_waker_and_outlives_the_poll() {
    let (count, waker) = counted();
    let mut leaf = Leaf::default();
    _ = poll(&waker, |context| Pin::new(&mut leaf).poll(context));
    let kept = leaf.0.take().expect("the leaf keeps a waker");
    assert!(kept.will_wake(&waker));
    kept.wake_by_ref();
    std::thread::spawn(move || kept.wake()).join().expect("the thread does not panic");
    assert_eq!(count.0.load(Ordering::Relaxed), 2);
    drop((waker, leaf));
    assert_eq!(Arc::strong_count(&count), 1, "a waker was lost or freed twice");
}

#[test]
fn a_wake_by_reference_arrives() {
    let (count, waker) = counted();
    let ((), seen) = poll(&waker, |context| context.waker().wake_by_ref());
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    assert!(seen.is_empty());
}

#[test]
fn clones_on_another_thread_are_seen() {
    let (count, waker) = counted();
    let ((), seen) = poll(&waker, |context| {
        let lent = context.waker();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let own = lent.clone();
                    own.wake();
                });
            }
        });
    });
    assert_eq!((seen.len(), count.0.load(Ordering::Relaxed)), (2, 2));
    drop(waker);
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn a_panic_in_the_poll_leaves_nothing_behind() {
    let (count, waker) = counted();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        poll(&waker, |context| {
            drop(context.waker().clone());
            std::panic::resume_unwind(Box::new(()));
        })
    }));
    assert!(panicked.is_err());
    drop(waker);
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn a_crowd_of_clones_is_not_captured_whole() {
    let (_, waker) = counted();
    let ((), seen) = poll(&waker, |context| {
        for _ in 0..2 * MOST {
            drop(context.waker().clone());
        }
    });
    assert_eq!(seen.len(), MOST);
}
