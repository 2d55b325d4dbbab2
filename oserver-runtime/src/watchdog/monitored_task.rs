//! Tasks other than requests that the watchdog monitors. They are polled as requests are.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::clock::{LONGEST, nanoseconds};
use crate::health::actors::ActorEntry;
use crate::health::liveness::{BlockedThread, RuntimeHealth};
use crate::request::default_timeout::DEFAULT_TIMEOUT;
use crate::sync::{Mutex, until};
use crate::watchdog::blocked_thread::BlockedPoll;

/// One incarnation of a monitored task. It is polled until it ends or is abandoned.
///
/// The watchdog may hold the last reference: no user value is dropped with it.
pub(crate) trait Incarnation: Send + Sync {
    /// Returns the entry that counts it.
    fn entry(&self) -> &Arc<ActorEntry>;

    /// Notes that its poll was seen twice: the poll takes long, and may never end.
    fn takes_its_time(&self);

    /// Returns `true` if its poll, which was first seen then, must have been over by now.
    fn is_overdue(&self, now: Instant, first_seen: Instant) -> bool;

    /// Abandons the incarnation if it is still overdue, and counts its thread as abandoned. Returns that thread.
    fn abandon(
        &self,
        now: Instant,
        health: &RuntimeHealth,
        thread: &BlockedPoll,
    ) -> Option<Arc<BlockedThread>>;
}

/// A monitored task, over all its incarnations. As with [`Incarnation`], no user value is dropped with it.
pub(crate) trait MonitoredTask: Send + Sync {
    /// Watchdog: looks at the task.
    fn inspect(self: Arc<Self>) -> WatchLevel;

    /// Watchdog: fails the calls whose time is over. Returns when the time of the next call is over.
    fn expire(&self, now: Instant) -> Option<Instant>;

    /// Returns how closely the task must be watched, without doing anything for it.
    fn watch_level(&self) -> WatchLevel;

    /// Accepts no more work, and ends when its accepted work is done.
    fn begin_stop(&self);

    fn has_ended(&self) -> bool;
}

/// How closely the watchdog must watch a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WatchLevel {
    Nothing,
    /// A caller waits for it, and the caller's time may run out.
    Deadline,
    /// It must be polled at once.
    Poll,
}

/// The default timeout of actors that set none: the timeout of the server that started last.
#[derive(Debug)]
pub(crate) struct ActorTimeout(AtomicU64);

impl ActorTimeout {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(nanoseconds(DEFAULT_TIMEOUT)))
    }

    pub(crate) fn set(&self, timeout: Option<Duration>) {
        self.0.store(timeout.map_or(u64::MAX, nanoseconds), Ordering::Relaxed);
    }

    /// Returns the timeout; `None` is no limit.
    pub(crate) fn get(&self) -> Option<Duration> {
        let timeout = self.0.load(Ordering::Relaxed);
        (timeout < u64::MAX).then(|| Duration::from_nanos(timeout).min(LONGEST))
    }
}

/// All monitored tasks of one runtime.
#[derive(Default)]
pub(crate) struct MonitoredTasks {
    /// Taken by the watchdog, and when a task comes.
    all: Mutex<Vec<Weak<dyn MonitoredTask>>>,
    ended: Notify,
}

impl MonitoredTasks {
    pub(crate) fn add(&self, task: Weak<dyn MonitoredTask>) {
        let mut all = self.all.lock();
        all.retain(|task| task.strong_count() > 0);
        all.push(task);
    }

    fn all(&self) -> Vec<Arc<dyn MonitoredTask>> {
        let all = self.all.lock();
        all.iter().filter_map(Weak::upgrade).collect()
    }

    pub(crate) fn inspect(&self) -> WatchLevel {
        self.all().into_iter().map(MonitoredTask::inspect).max().unwrap_or(WatchLevel::Nothing)
    }

    pub(crate) fn expire(&self, now: Instant) -> Option<Instant> {
        self.all().into_iter().filter_map(|task| task.expire(now)).min()
    }

    pub(crate) fn watch_level(&self) -> WatchLevel {
        self.all().into_iter().map(|task| task.watch_level()).max().unwrap_or(WatchLevel::Nothing)
    }

    /// Notes that a task has ended.
    pub(crate) fn task_ended(&self) {
        self.ended.notify_waiters();
    }

    /// Ends all tasks, and waits until they have ended.
    pub(crate) async fn stop(&self) {
        for task in self.all() {
            task.begin_stop();
        }
        until(&self.ended, || self.running() == 0).await;
    }

    /// Returns how many tasks have not ended.
    pub(crate) fn running(&self) -> usize {
        self.all().iter().filter(|task| !task.has_ended()).count()
    }
}
