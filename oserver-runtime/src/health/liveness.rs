//! Decides whether a runtime can still serve: the number of abandoned threads, and whether its canary comes back.

use std::fmt;
use std::num::NonZeroI32;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::clock::nanoseconds;
use crate::health::actors::ActorTable;
use crate::health::thread_budget::ThreadBudget;
use crate::sync::Mutex;
use oserver_tracer::Later;

/// The condition of one runtime, for all servers on it.
#[derive(Debug, Default)]
pub(crate) struct RuntimeHealth {
    pub(crate) budget: Arc<ThreadBudget>,
    /// Actors that run on it.
    pub(crate) actors: ActorTable,
    /// The canary.
    pub(crate) canary: Absence,
    /// The canary of tokio's blocking pool. While it is away, the pool runs nothing.
    pub(crate) pool_canary: Absence,
    unrecoverable: AtomicBool,
    /// The number of abandoned threads while the operating system gives no further thread; else zero.
    threads_refused: AtomicUsize,
    blocked: Mutex<Vec<Arc<BlockedThread>>>,
}

/// A thread that was abandoned.
#[derive(Debug)]
pub(crate) struct BlockedThread {
    pub(crate) holder: ThreadHolder,
    /// The time at which its poll was first seen.
    pub(crate) since: Instant,
    /// The kernel's number of it, on Linux.
    pub(crate) thread: Option<NonZeroI32>,
    /// The activity when it was recorded: a tracer interrupts the system call, which then has another name.
    pub(crate) activity: OnceLock<String>,
    /// The stack, if it was requested.
    pub(crate) stack: OnceLock<Arc<Later>>,
}

/// The holder of a thread past a deadline.
#[derive(Clone, Debug)]
pub(crate) enum ThreadHolder {
    /// A handler, or a body.
    Request {
        server: u64,
        route: String,
        id: String,
        method: String,
        path: String,
    },
    Actor(String),
}

/// Why a runtime is not live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// More threads are stuck than the budget allows.
    Threads { blocked: usize, budget: usize },
    /// All threads for handlers that block are stuck, and the operating system gives no more.
    NoThread { blocked: usize },
    /// The runtime polls nothing, or no timer fires: the canary has been away for this time.
    Wedged(Duration),
    /// tokio's blocking pool has started no task for this time.
    BlockingPool(Duration),
    /// The process is unrecoverable and ends.
    Unrecoverable,
    /// This actor is restarted more often than its budget allows.
    Actor(String),
}

impl RuntimeHealth {
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let (blocked, budget) = (self.budget.abandoned(), self.budget.limit());
        if self.budget.is_exceeded() {
            return Some(Trouble::Threads { blocked, budget });
        }
        match self.threads_refused.load(Ordering::Relaxed) {
            0 => {}
            blocked => return Some(Trouble::NoThread { blocked }),
        }
        if let Some(away) = self.canary.get() {
            return Some(Trouble::Wedged(away));
        }
        if self.unrecoverable.load(Ordering::Relaxed) {
            return Some(Trouble::Unrecoverable);
        }
        self.actors.over_budget().map(|actor| Trouble::Actor(actor.name.clone()))
    }

    /// Watchdog: sets the number of abandoned threads while the operating system refuses threads, or `None`.
    pub(crate) fn set_threads_refused(&self, abandoned: Option<usize>) {
        self.threads_refused.store(abandoned.map_or(0, |number| number.max(1)), Ordering::Relaxed);
    }

    /// Returns the reason why the servers are not ready although they are live, if there is one.
    pub(super) fn pool_trouble(&self) -> Option<Trouble> {
        self.pool_canary.get().map(Trouble::BlockingPool)
    }

    /// Marks the process as unrecoverable.
    pub(crate) fn set_unrecoverable(&self) {
        self.unrecoverable.store(true, Ordering::Relaxed);
    }

    /// Counts an abandoned thread. Returns the number of abandoned threads.
    pub(crate) fn add_blocked(&self, thread: &Arc<BlockedThread>) -> usize {
        self.blocked.lock().push(Arc::clone(thread));
        self.budget.abandon()
    }

    /// Counts an abandoned thread that has come back.
    pub(crate) fn remove_blocked(&self, thread: &Arc<BlockedThread>) {
        let mut blocked = self.blocked.lock();
        blocked.retain(|other| !Arc::ptr_eq(other, thread));
        self.budget.come_back();
    }

    /// Returns the threads of all servers and actors, the longest first: as many as the budget counts.
    pub(crate) fn blocked(&self) -> Vec<Arc<BlockedThread>> {
        let mut blocked = self.blocked.lock().clone();
        blocked.sort_by_key(|thread| thread.since);
        blocked
    }
}

/// How long a probe has been away, in nanoseconds; zero while that is not too long.
#[derive(Debug, Default)]
pub(crate) struct Absence(AtomicU64);

impl Absence {
    /// Notes that the probe has been away for this time. Returns `true` if that is new.
    pub(crate) fn begin(&self, away: Duration) -> bool {
        self.0.swap(nanoseconds(away).max(1), Ordering::Relaxed) == 0
    }

    /// Notes that the probe came back. Returns `true` if that is new.
    pub(crate) fn end(&self) -> bool {
        self.0.swap(0, Ordering::Relaxed) > 0
    }

    fn get(&self) -> Option<Duration> {
        let away = self.0.load(Ordering::Relaxed);
        (away > 0).then(|| Duration::from_nanos(away))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threads { blocked, budget } => write!(
                formatter,
                "{blocked} threads are abandoned (handlers hold them past their deadlines), and the limit is {budget}"
            ),
            Self::NoThread { blocked } => write!(
                formatter,
                "{blocked} threads are abandoned (handlers hold them past their deadlines), and the operating system gives \
                 no more threads"
            ),
            Self::BlockingPool(away) => write!(
                formatter,
                "tokio's blocking pool has started no task for {} s: tasks of `spawn_blocking` or file and name \
                 lookups hold all of its threads",
                away.as_secs()
            ),
            Self::Wedged(away) => write!(
                formatter,
                "the runtime has polled nothing for {} s: code outside of handlers holds its workers",
                away.as_secs()
            ),
            Self::Unrecoverable => formatter.write_str("the process is unrecoverable and ends"),
            Self::Actor(name) => write!(
                formatter,
                "the actor `{name}` is restarted more often than its restart limit allows"
            ),
        }
    }
}
