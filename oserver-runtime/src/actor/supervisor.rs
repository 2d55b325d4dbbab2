//! Starts an actor, and has its options.

use std::sync::Arc;
use std::time::Duration;

use crate::actor::cell::{ActorCell, ActorTimeouts};
use crate::actor::factory::{Calls, Factory, IntoActor, Starts};
use crate::actor::handle::ActorRef;
use crate::actor::poll_task;
use crate::actor::restart_intensity::RestartIntensity;
use crate::actor::run_loop::run_loop;
use crate::actor::traits::{self, Actor};
use crate::clock::LONGEST;
use crate::health::actors::ActorEntry;
use crate::monitor;
use crate::panic::hook;
use crate::request::default_timeout::DEFAULT_TIMEOUT;

/// How many commands wait in a mailbox by default.
const MAILBOX: usize = 1024;

/// Runs an actor and keeps it running: the handle is valid for ever.
///
/// `factory` makes the actor, now and at each restart. If state must survive a restart, the factory reads it again.
/// The factory returns the actor, a `Result` with one, or a future of either:
///
/// ```
/// # use oserver_runtime as oserver;
/// # mod m {
/// # use oserver_runtime::{Actor, __private as p};
/// # #[derive(Default)] pub struct Counter(u64);
/// # pub struct Add(p::Reply<u64>);
/// # impl p::Command for Add { fn name(&self) -> &'static str { "add" } }
/// # #[derive(Clone)] pub struct CounterHandle(p::ActorRef<Add>);
/// # impl CounterHandle { pub async fn add(&self) -> Result<u64, oserver_runtime::CallError> { self.0.call(Add).await } }
/// # impl Actor for Counter {
/// #     type Handle = CounterHandle; type Command = Add;
/// #     const OPTIONS: p::ActorOptions = p::ActorOptions { name: "Counter", mailbox_capacity: None, timeout: None };
/// #     async fn run(&mut self, Add(reply): Add) -> p::Answered { self.0 += 1; reply.answer(self.0) }
/// #     fn handle(base: p::ActorRef<Add>) -> CounterHandle { CounterHandle(base) }
/// # }
/// # }
/// # use m::*;
/// # #[tokio::main(flavor = "multi_thread")]
/// # async fn main() {
/// // With `#[oserver::actor]` on the `impl` of `Counter`, which has `pub fn add(&mut self) -> u64`:
/// let counter: CounterHandle = oserver::supervise(Counter::default);
/// assert_eq!(counter.add().await, Ok(1));
/// assert_eq!(counter.add().await, Ok(2));
/// # }
/// ```
///
/// A panic in a command fails that call ([`CallError::Restarted`](crate::CallError::Restarted)) and drops the actor
/// with its state. The factory makes a fresh actor, which takes the queued calls. A command that exceeds its timeout,
/// or blocks its thread, has the same effect. A blocked thread is abandoned, and counts for
/// [`Serve::max_blocked_threads`](crate::Serve::max_blocked_threads). The first restart comes at once; see
/// [`Supervisor::restart_limit`] for further restarts.
///
/// The actor ends when its last handle is dropped, or when the last server of the runtime has stopped. It runs the
/// queued commands first.
///
/// # Panics
/// Outside of a tokio runtime with time, and when the operating system gives no thread for the watchdog.
#[rustfmt::skip]
pub fn supervise<F, S, M>(factory: F) -> <Supervisor as Starts<S, M>>::Handle where Supervisor: Calls<F, S> + Starts<S, M> {
    Supervisor::new().supervise(factory)
}

/// Options of an actor. They replace the options of its `#[oserver::actor]`.
///
/// ```
/// use std::time::Duration;
/// # use oserver_runtime as oserver;
///
/// let supervisor = oserver::Supervisor::new()
///     .name("inventory of the north")
///     .timeout(Duration::from_secs(2))
///     .mailbox_capacity(10_000)
///     .restart_limit(3, Duration::from_secs(10));
/// // let inventory = supervisor.supervise(Inventory::load);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "an actor starts with `supervise`"]
pub struct Supervisor {
    name: Option<String>,
    mailbox_capacity: Option<usize>,
    timeout: Option<Option<Duration>>,
    start_timeout: Option<Duration>,
    intensity: RestartIntensity,
}

impl Supervisor {
    /// Returns the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name of the actor in records, metrics and on the admin page. Default: its type.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets how many commands may wait in the mailbox. Default: 1024.
    ///
    /// A further one fails at once with [`CallError::Overloaded`](crate::CallError::Overloaded).
    pub fn mailbox_capacity(mut self, commands: usize) -> Self {
        self.mailbox_capacity = Some(commands);
        self
    }

    /// Sets how long a command may take once it runs. Default: the timeout of the server that was started
    /// last, or 30 s.
    ///
    /// A caller outside of a handler waits as long; a handler waits until its own deadline. `None` sets no timeout,
    /// though no command may block its thread for more than 30 s. The drop of an actor, and the drop of its factory,
    /// have the same timeout.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = Some(timeout.into().map(|limit| limit.min(LONGEST)));
        self
    }

    /// Sets how long the factory may take. Default: 30 s.
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = Some(timeout.min(LONGEST));
        self
    }

    /// Sets how many restarts are allowed in any `window`. Default: 10 in 60 s.
    ///
    /// With more restarts the process is not live, so that a supervisor restarts it, until enough of them are older
    /// than the window. The actor is still restarted.
    pub fn restart_limit(mut self, restarts: usize, window: Duration) -> Self {
        self.intensity.restarts = restarts;
        self.intensity.window = window.min(LONGEST);
        self
    }

    /// Sets the backoff between restarts. Default: from 10 ms to 5 s.
    ///
    /// The first restart in a window has no delay, the second `first`, each further one twice as much, and
    /// none more than `longest`. Each delay is shortened by up to a half, at random.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.intensity.first_delay = first;
        self.intensity.longest_delay = longest.min(LONGEST);
        self
    }

    /// Runs an actor with these options, as [`supervise`](fn@supervise) does.
    ///
    /// # Panics
    /// As [`supervise`](fn@supervise).
    #[rustfmt::skip]
    pub fn supervise<F, S, M>(self, factory: F) -> <Self as Starts<S, M>>::Handle where Self: Calls<F, S> + Starts<S, M> {
        self.start(Self::factory(factory))
    }
}

#[diagnostic::do_not_recommend]
impl<S: IntoActor<M> + 'static, M: 'static> Starts<S, M> for Supervisor {
    type Handle = <S::Actor as Actor>::Handle;

    fn start(self, factory: Factory<S>) -> Self::Handle {
        hook::install();
        let runtime = monitor::runtime_context()
            .expect("a process that cannot start one thread cannot serve");
        let defaults = <S::Actor as Actor>::OPTIONS;
        let entry = ActorEntry::new(self.name.unwrap_or_else(|| defaults.name.to_owned()));
        let limits = ActorTimeouts {
            command: self.timeout.or(traits::limit(defaults.timeout)),
            start: self.start_timeout.unwrap_or(DEFAULT_TIMEOUT),
        };
        let cell = ActorCell::new(
            self.mailbox_capacity.or(defaults.mailbox_capacity).unwrap_or(MAILBOX),
            Arc::new(entry),
            runtime,
            limits,
            self.intensity,
            Box::new(move |incarnation, delay| {
                Box::pin(run_loop(incarnation, Arc::clone(&factory), delay))
            }),
        );
        poll_task::start(&cell, 0);
        <S::Actor as Actor>::handle(ActorRef::new(cell))
    }
}
