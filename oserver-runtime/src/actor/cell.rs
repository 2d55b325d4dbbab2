//! The cell of an actor: it starts and ends the actor's incarnations.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::actor::error::CallError;
use crate::actor::mailbox::{Envelope, Left, Mailbox};
use crate::actor::monitored_drop::MonitoredDrop;
use crate::actor::restart_intensity::{RestartIntensity, Restarts, chance};
use crate::actor::traits::Command;
use crate::clock;
use crate::fault_log::actor_fault;
use crate::health::actors::ActorEntry;
use crate::panic::catch::{Caught, catch_actor};
use crate::sync::Mutex;
use crate::watchdog::monitored_task::MonitoredTask;
use crate::watchdog::runtime_context::RuntimeContext;

/// One actor, over all its incarnations. Its handles hold it, and so does each incarnation until that ends.
pub(super) struct ActorCell<C: Command> {
    pub(super) mailbox: Mailbox<C, IncarnationPoll<C>>,
    pub(super) entry: Arc<ActorEntry>,
    pub(super) runtime: Arc<RuntimeContext>,
    pub(super) limits: ActorTimeouts,
    intensity: RestartIntensity,
    restarts: Mutex<Restarts>,
    /// `None` once no further incarnation will start. The factory is user code: it is dropped then, and not with the
    /// last reference to this cell.
    make: Mutex<Option<Make<C>>>,
}

/// Makes the future of an incarnation, which begins after a delay.
pub(super) type Make<C> =
    Box<dyn Fn(Arc<ActorIncarnation<C>>, Duration) -> IncarnationFuture + Send + Sync>;

/// The parts of an actor that are left at its end.
pub(super) type Remnant<C> = (Option<Make<C>>, Left<C, IncarnationPoll<C>>);

/// The future of one incarnation.
pub(super) type IncarnationFuture = Pin<Box<dyn Future<Output = End> + Send>>;

/// How long an actor's doings may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct ActorTimeouts {
    /// A command; `None`: as a request to the server. Inside of it, `None` is for ever.
    pub(super) command: Option<Option<Duration>>,
    pub(super) start: Duration,
}

/// How an incarnation ended that did not panic.
#[derive(Debug)]
pub(super) enum End {
    /// The actor ended because its mailbox is closed.
    Stopped,
    /// A command took too long, which is recorded.
    Overran,
    /// Its code panicked, which is recorded, and its callers know.
    Panicked,
    /// The factory failed.
    NotStarted(String),
    /// The watchdog ended the incarnation.
    Abandoned,
}

/// An incarnation's future, wherever it is polled.
pub(super) struct IncarnationPoll<C: Command> {
    pub(super) incarnation: Arc<ActorIncarnation<C>>,
    future: IncarnationFuture,
}

/// One incarnation of an actor.
pub(super) struct ActorIncarnation<C: Command> {
    pub(super) cell: Arc<ActorCell<C>>,
    pub(super) number: u64,
}

impl<C: Command> ActorCell<C> {
    pub(super) fn new(
        mailbox: usize,
        entry: Arc<ActorEntry>,
        runtime: Arc<RuntimeContext>,
        limits: ActorTimeouts,
        intensity: RestartIntensity,
        make: Make<C>,
    ) -> Arc<Self> {
        let cell = Arc::new(Self {
            mailbox: Mailbox::new(mailbox, Arc::clone(&entry)),
            entry,
            runtime,
            limits,
            intensity,
            restarts: Mutex::new(Restarts::new(intensity)),
            make: Mutex::new(Some(make)),
        });
        cell.runtime.health.actors.add(&cell.entry);
        let task: Arc<dyn MonitoredTask> = Arc::clone(&cell) as _;
        cell.runtime.monitored_tasks.add(Arc::downgrade(&task));
        cell.begin(0, Duration::ZERO);
        cell
    }

    /// Takes a command in.
    ///
    /// # Errors
    /// [`CallError::Overloaded`], [`CallError::Stopped`].
    pub(super) fn send(&self, envelope: Envelope<C>) -> Result<(), CallError> {
        match self.mailbox.send(envelope) {
            Ok(was_at_rest) => {
                if was_at_rest {
                    // The sender may block its thread now, and the actor would be stuck with it.
                    self.runtime.parker.notify();
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

    /// Returns the time limit of a command, if there is one.
    pub(super) fn command_limit(&self) -> Option<Duration> {
        self.limits.command.unwrap_or_else(|| self.runtime.timeout.get())
    }

    /// Returns the deadline of the actor's drop, if there is one.
    fn drop_until(&self) -> Option<Instant> {
        self.command_limit().map(|limit| clock::lived::lived() + limit)
    }

    /// Fails the callers of an incarnation that has failed. The drop of its state follows.
    pub(super) fn fail_callers(&self, number: u64) {
        self.mailbox.end_incarnation(number, self.drop_until());
        // tokio keeps the task that was woken last for this worker, where no other worker can steal it (tokio#4941),
        // and the drop may block. Another task pushes it out of the slot.
        self.runtime.keep_driver_alive();
    }

    fn begin(self: &Arc<Self>, number: u64, delay: Duration) {
        let incarnation = Arc::new(ActorIncarnation { cell: Arc::clone(self), number });
        // This runs no user code.
        let future = self.make.lock().as_ref().map(|make| make(Arc::clone(&incarnation), delay));
        let Some(future) = future else { return };
        if let Some(unwanted) = self.mailbox.begin(number, IncarnationPoll { incarnation, future })
        {
            self.monitored_drop(unwanted).run_elsewhere();
        }
    }

    /// Polls once, monitored by the watchdog.
    pub(super) fn poll(self: &Arc<Self>, work: IncarnationPoll<C>) {
        let IncarnationPoll { incarnation, mut future } = work;
        let command = || self.mailbox.command(incarnation.number);
        let polled = self.runtime.monitor_actor(&incarnation, || {
            let waker = Waker::from(Arc::clone(&incarnation));
            let mut context = Context::from_waker(&waker);
            let polled = catch_actor(&self.entry, command, || future.as_mut().poll(&mut context));
            let end = match polled {
                Ok(Poll::Pending) => return Err(future),
                Ok(Poll::Ready(end)) => Ok(end),
                Err(Caught) => Err(Caught),
            };
            // Callers first: the drop may take its time, and may not come back.
            self.fail_callers(incarnation.number);
            // A panic in the drop is recorded; the value is gone in any case.
            _ = catch_actor(&self.entry, command, || drop(future));
            Ok(end)
        });
        match polled {
            Ok(end) => self.ended(&incarnation, end),
            Err(future) => {
                let work = IncarnationPoll { incarnation, future };
                if let Some(abandoned) = self.mailbox.park(work.incarnation.number, work) {
                    self.monitored_drop(abandoned).run_here();
                }
            }
        }
    }

    /// Returns the drop of the actor's remains.
    pub(super) fn monitored_drop<T: Send + 'static>(&self, left: T) -> MonitoredDrop<T> {
        let (entry, runtime) = (Arc::clone(&self.entry), Arc::clone(&self.runtime));
        MonitoredDrop { entry, runtime, limit: self.command_limit(), left }
    }

    fn ended(self: &Arc<Self>, incarnation: &ActorIncarnation<C>, end: Result<End, Caught>) {
        if !self.mailbox.is_current(incarnation.number) {
            // Another has begun, or none ever will.
            return;
        }
        match end {
            Ok(End::Abandoned) => return,
            Ok(End::Stopped) => return self.monitored_drop(self.end(None)).run_here(),
            Ok(End::NotStarted(why)) => actor_fault::not_started(&self.entry, &why),
            Ok(End::Overran | End::Panicked) | Err(Caught) => {}
        }
        if self.mailbox.is_done() {
            // A fresh incarnation would only be stopped, and fail in the same way.
            return self.monitored_drop(self.end(None)).run_here();
        }
        if let Some(next) = self.mailbox.next_incarnation(incarnation.number) {
            self.restart(next);
        }
    }

    /// Begins incarnation `number`, in which the state is a fresh one.
    pub(super) fn restart(self: &Arc<Self>, number: u64) {
        let entry = &self.entry;
        entry.running.store(false, Ordering::Relaxed);
        entry.restarts.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let restart = self.restarts.lock().add(now, chance());
        if let Some(until) = restart.over_budget_until {
            let was_over = entry.is_over_budget();
            entry.set_over_budget_until(clock::now() + clock::nanoseconds(until - now));
            if !was_over {
                actor_fault::over_budget(entry, self.intensity.restarts, self.intensity.window);
            }
        }
        self.begin(number, restart.delay);
    }

    /// Ends the actor: no further incarnation starts. With `poll_task` it does so only if that is still the current
    /// poll task. The first caller gets the remains, and must drop them elsewhere than in a poll task.
    #[must_use]
    pub(super) fn end(&self, poll_task: Option<u64>) -> Option<Remnant<C>> {
        let left = self.mailbox.end(poll_task)?;
        self.entry.running.store(false, Ordering::Relaxed);
        self.runtime.monitored_tasks.task_ended();
        Some((self.make.lock().take(), left))
    }
}
