//! What begins and ends the lives of an actor.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::budget::{Policy, Restarts, chance};
use super::burial::Burial;
use super::driver::Driver;
use super::error::CallError;
use super::life::Life;
use super::mailbox::{Envelope, Left, Mailbox};
use super::traits::Command;
use crate::clock;
use crate::health::actors::ActorEntry;
use crate::isolation::bulkhead::Bulkhead;
use crate::isolation::bulkhead::guest::{Guest, Need};
use crate::isolation::catch::{Caught, catch_actor};
use crate::record::actor_fault;

/// One actor, over all its lives. Its handles keep it, and so does what is polled of it until it ends.
pub(super) struct Keeper<C: Command> {
    pub(super) mailbox: Mailbox<C, Work<C>>,
    pub(super) entry: Arc<ActorEntry>,
    pub(super) bulkhead: Arc<Bulkhead>,
    pub(super) limits: Limits,
    policy: Policy,
    restarts: Mutex<Restarts>,
    /// `None` when there will be no further life: what it has of a user's is dropped then, and not with the
    /// last who holds this.
    make: Mutex<Option<Make<C>>>,
}

/// Makes the future of a life, which begins after a pause.
pub(super) type Make<C> = Box<dyn Fn(Arc<Life<C>>, Duration) -> Lived + Send + Sync>;

/// What is left of an actor at its end.
pub(super) type Remnant<C> = (Option<Make<C>>, Left<C, Work<C>>);

/// The future of one life.
pub(super) type Lived = Pin<Box<dyn Future<Output = End> + Send>>;

/// How long an actor's doings may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// A command; `None`: as a request to the server. Inside of it, `None` is for ever.
    pub(super) command: Option<Option<Duration>>,
    pub(super) start: Duration,
}

/// How a life ended that did not panic.
#[derive(Debug)]
pub(super) enum End {
    /// It was asked to.
    Stopped,
    /// A command took too long, which is recorded.
    Overran,
    /// The factory failed.
    NotStarted(String),
    /// From outside.
    GivenUp,
}

/// A life's future, wherever it is polled.
pub(super) struct Work<C: Command> {
    life: Arc<Life<C>>,
    future: Lived,
}

impl<C: Command> Keeper<C> {
    pub(super) fn new(
        mailbox: usize,
        entry: Arc<ActorEntry>,
        bulkhead: Arc<Bulkhead>,
        limits: Limits,
        policy: Policy,
        make: Make<C>,
    ) -> Arc<Self> {
        let keeper = Arc::new(Self {
            mailbox: Mailbox::new(mailbox, Arc::clone(&entry)),
            entry,
            bulkhead,
            limits,
            policy,
            restarts: Mutex::new(Restarts::new(policy)),
            make: Mutex::new(Some(make)),
        });
        keeper.bulkhead.health.actors.add(&keeper.entry);
        let guest: Arc<dyn Guest> = Arc::clone(&keeper) as _;
        keeper.bulkhead.guests.add(Arc::downgrade(&guest));
        keeper.begin(0, Duration::ZERO);
        keeper.start_driver(0);
        keeper
    }

    /// Takes a command in.
    ///
    /// # Errors
    /// [`CallError::Overloaded`], [`CallError::Stopped`].
    pub(super) fn send(&self, envelope: Envelope<C>) -> Result<(), CallError> {
        match self.mailbox.send(envelope) {
            Ok(was_at_rest) => {
                if was_at_rest {
                    // Who sent this may block now, and the actor be stuck with it.
                    self.bulkhead.call_watchdog();
                }
                Ok(())
            }
            Err((why, _envelope)) => {
                if why == CallError::Overloaded {
                    self.entry.refused.fetch_add(1, Ordering::Relaxed);
                }
                Err(why)
            }
        }
    }

    /// What a command may take.
    pub(super) fn command_limit(&self) -> Option<Duration> {
        self.limits.command.unwrap_or_else(|| self.bulkhead.timeout.get())
    }

    /// What the drop of an actor may take.
    fn drop_until(&self) -> Option<Instant> {
        self.command_limit().map(|limit| Instant::now() + limit)
    }

    fn begin(self: &Arc<Self>, number: u64, pause: Duration) {
        let life = Arc::new(Life { keeper: Arc::clone(self), number });
        // Nothing of a user's is run by this.
        let future = self.make().as_ref().map(|make| make(Arc::clone(&life), pause));
        let Some(future) = future else { return };
        if let Some(unwanted) = self.mailbox.begin(number, Work { life, future }) {
            self.burial(unwanted).elsewhere();
        }
    }

    fn make(&self) -> MutexGuard<'_, Option<Make<C>>> {
        self.make.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn start_driver(self: &Arc<Self>, number: u64) {
        drop(self.bulkhead.runtime().spawn(Driver::new(Arc::clone(self), number)));
    }

    /// One poll, where the watchdog sees it.
    pub(super) fn poll(self: &Arc<Self>, work: Work<C>) {
        let Work { life, mut future } = work;
        let command = || self.mailbox.command(life.number);
        let polled = self.bulkhead.attend_guest(&life, || {
            let waker = Waker::from(Arc::clone(&life));
            let mut context = Context::from_waker(&waker);
            let polled = catch_actor(&self.entry, command, || future.as_mut().poll(&mut context));
            let end = match polled {
                Ok(Poll::Pending) => return Err(future),
                Ok(Poll::Ready(end)) => Ok(end),
                Err(Caught) => Err(Caught),
            };
            // Callers first: the drop may take its time, and may not come back.
            self.mailbox.end_life(life.number, self.drop_until());
            // A panic in there is recorded; what was dropped is gone all the same.
            _ = catch_actor(&self.entry, command, || drop(future));
            Ok(end)
        });
        match polled {
            Ok(end) => self.ended(&life, end),
            Err(future) => {
                let work = Work { life, future };
                if let Some(given_up) = self.mailbox.park(work.life.number, work) {
                    self.burial(given_up).here();
                }
            }
        }
    }

    /// The drop of what is left of the actor.
    pub(super) fn burial<T: Send + 'static>(&self, left: T) -> Burial<T> {
        let (entry, bulkhead) = (Arc::clone(&self.entry), Arc::clone(&self.bulkhead));
        Burial { entry, bulkhead, limit: self.command_limit(), left }
    }

    fn ended(self: &Arc<Self>, life: &Life<C>, end: Result<End, Caught>) {
        if !self.mailbox.is_current(life.number) {
            // Another has begun, or none ever will.
            return;
        }
        match end {
            Ok(End::GivenUp) => return,
            Ok(End::Stopped) => return self.burial(self.end(None)).here(),
            Ok(End::NotStarted(why)) => actor_fault::not_started(&self.entry, &why),
            Ok(End::Overran) | Err(Caught) => {}
        }
        if self.mailbox.is_done() {
            // A fresh one would be made only to be stopped, and fail in the same way.
            return self.burial(self.end(None)).here();
        }
        if let Some(next) = self.mailbox.next_life(life.number) {
            self.restart(next);
        }
    }

    /// Begins life `number`, in which the state is a fresh one.
    pub(super) fn restart(self: &Arc<Self>, number: u64) {
        let entry = &self.entry;
        entry.running.store(false, Ordering::Relaxed);
        entry.restarts.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let sentence =
            self.restarts.lock().unwrap_or_else(PoisonError::into_inner).add(now, chance());
        if let Some(until) = sentence.over_budget_until {
            let was_over = entry.is_over_budget();
            entry.set_over_budget_until(clock::now() + clock::nanoseconds(until - now));
            if !was_over {
                actor_fault::over_budget(entry, self.policy.restarts, self.policy.window);
            }
        }
        self.begin(number, sentence.pause);
    }

    /// There will be no further life. `driver`: if it still is the one. Who is the first to say so is given what
    /// is left, to be dropped: a driver that finds the end must not be the one.
    #[must_use]
    pub(super) fn end(&self, driver: Option<u64>) -> Option<Remnant<C>> {
        let left = self.mailbox.end(driver)?;
        self.entry.running.store(false, Ordering::Relaxed);
        self.bulkhead.guests.guest_ended();
        Some((self.make().take(), left))
    }
}

impl<C: Command> Work<C> {
    pub(super) fn life(&self) -> &Arc<Life<C>> {
        &self.life
    }
}

impl<C: Command> Guest for Keeper<C> {
    fn tend(self: Arc<Self>) -> Need {
        if let Some(driver) = self.mailbox.rescue() {
            self.start_driver(driver);
        }
        self.mailbox.need()
    }

    fn expire(&self, now: Instant) -> Option<Instant> {
        self.mailbox.expire(now)
    }

    fn need(&self) -> Need {
        self.mailbox.need()
    }

    fn begin_stop(&self) {
        self.mailbox.close();
    }

    fn has_ended(&self) -> bool {
        self.mailbox.has_ended()
    }
}
