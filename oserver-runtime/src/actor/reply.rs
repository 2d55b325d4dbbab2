//! The meeting point of a caller and the actor, once a command.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::actor::error::CallError;
use crate::panic::deferred_drop::discard;
use crate::sync::Mutex;

/// The reply to one command.
///
/// Invariants: the first result counts; a waiting caller is woken after that.
pub struct ReplySlot<T> {
    /// Held only for moves.
    state: Mutex<State<T>>,
}

enum State<T> {
    /// The waker of the caller; `None` if it was taken.
    Open(Option<Waker>),
    Answered(Result<T, CallError>),
    Taken,
}

/// A reply of any type.
pub trait Answerable: Send + Sync {
    /// Fails the call with `why` if it has no result yet, and wakes the caller.
    fn fail(&self, why: CallError);

    /// As [`Answerable::fail`], for the watchdog. If this is the last reference, the reply is a user's value, and
    /// another thread drops it.
    fn fail_from_outside(self: Arc<Self>, why: CallError);
}

impl<T> ReplySlot<T> {
    pub(super) fn new(caller: Waker) -> Self {
        Self { state: Mutex::new(State::Open(Some(caller))) }
    }

    /// Stores the result, and returns the caller to wake. Returns the result if the slot has one already.
    fn give(&self, result: Result<T, CallError>) -> Result<Option<Waker>, Result<T, CallError>> {
        let mut state = self.state.lock();
        match &mut *state {
            State::Open(waker) => {
                let waker = waker.take();
                *state = State::Answered(result);
                Ok(waker)
            }
            State::Answered(_) | State::Taken => Err(result),
        }
    }

    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<Result<T, CallError>> {
        let mut state = self.state.lock();
        match &mut *state {
            State::Open(Some(waker)) if waker.will_wake(context.waker()) => Poll::Pending,
            State::Open(waker) => {
                let before = waker.replace(context.waker().clone());
                drop(state);
                // The drop of a waker may run user code: not under the lock.
                drop(before);
                Poll::Pending
            }
            answered => match std::mem::replace(answered, State::Taken) {
                State::Answered(result) => Poll::Ready(result),
                _ => unreachable!("no poll after the answer"),
            },
        }
    }
}

impl<T: Send + 'static> Answerable for ReplySlot<T> {
    fn fail(&self, why: CallError) {
        if let Ok(Some(waker)) = self.give(Err(why)) {
            waker.wake();
        }
    }

    fn fail_from_outside(self: Arc<Self>, why: CallError) {
        self.fail(why);
        if let Some(last) = Arc::into_inner(self)
            && let State::Answered(Ok(value)) = last.state.into_inner()
        {
            discard(value);
        }
    }
}

/// The actor's side: answers one command.
pub struct Reply<T>(Arc<ReplySlot<T>>);

/// A command has its reply; its caller is still to be woken.
#[must_use]
pub struct Answered(pub(super) Option<Waker>);

impl<T> Reply<T> {
    pub(super) fn new(answer: Arc<ReplySlot<T>>) -> Self {
        Self(answer)
    }

    /// Stores the reply. Generated code calls it.
    pub fn answer(self, value: T) -> Answered {
        Answered(self.0.give(Ok(value)).unwrap_or(None))
    }
}

/// The caller's side: resolves to the answer.
pub(super) struct Waiting<T> {
    answer: Arc<ReplySlot<T>>,
    /// `true` after the first poll.
    asked: bool,
}

impl<T> Waiting<T> {
    /// Creates the future for a reply that wakes the task which polls this first.
    pub(super) fn new(answer: Arc<ReplySlot<T>>) -> Self {
        Self { answer, asked: false }
    }
}

impl<T> Future for Waiting<T> {
    type Output = Result<T, CallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Right after the command was sent there is hardly a reply. If there is one, the task is woken.
        if !std::mem::replace(&mut self.asked, true) {
            return Poll::Pending;
        }
        self.answer.poll(context)
    }
}

#[cfg(all(test, oserver_loom))]
mod model {
    use std::task::Wake;

    use loom::sync::Arc;

    use super::*;
    use crate::sync::{AtomicBool, Ordering};

    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn one_of_two_answers_counts_and_the_caller_is_woken_for_it() {
        loom::model(|| {
            let woken = std::sync::Arc::new(Woken(AtomicBool::new(false)));
            let waker = Waker::from(std::sync::Arc::clone(&woken));
            let answer = Arc::new(ReplySlot::new(waker.clone()));
            let actor = {
                let answer = Arc::clone(&answer);
                loom::thread::spawn(move || match answer.give(Ok(1)) {
                    Ok(waker) => {
                        if let Some(waker) = waker {
                            waker.wake();
                        }
                        true
                    }
                    Err(_) => false,
                })
            };
            let watchdog = {
                let answer = Arc::clone(&answer);
                loom::thread::spawn(move || answer.fail(CallError::Restarted))
            };
            let first = answer.poll(&Context::from_waker(&waker));
            let actor_was_first = actor.join().unwrap();
            watchdog.join().unwrap();
            let result = match first {
                Poll::Ready(result) => result,
                Poll::Pending => {
                    assert!(woken.0.load(Ordering::SeqCst), "it waits for ever");
                    match answer.poll(&Context::from_waker(&waker)) {
                        Poll::Ready(result) => result,
                        Poll::Pending => panic!("woken for nothing"),
                    }
                }
            };
            assert_eq!(result.is_ok(), actor_was_first);
        });
    }
}
