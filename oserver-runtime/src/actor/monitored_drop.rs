//! Drops the remains of an actor. That is user code, which may block: the watchdog monitors it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clock::lived::lived;
use crate::health::actors::ActorEntry;
use crate::health::liveness::{BlockedThread, RuntimeHealth};
use crate::overflow::job::Job;
use crate::panic::catch::catch_actor;
use crate::panic::deferred_drop::drop_elsewhere;
use crate::request::default_timeout::DEFAULT_TIMEOUT;
use crate::request::state::Call;
use crate::watchdog::blocked_thread::BlockedPoll;
use crate::watchdog::monitored_task::Incarnation;
use crate::watchdog::runtime_context::RuntimeContext;

/// A value to be dropped, with the time limit of its drop.
pub(super) struct MonitoredDrop<T> {
    pub(super) entry: Arc<ActorEntry>,
    pub(super) runtime: Arc<RuntimeContext>,
    pub(super) limit: Option<Duration>,
    pub(super) left: T,
}

impl<T: Send + 'static> MonitoredDrop<T> {
    /// Drops the value on this thread, which may be abandoned because of it.
    pub(super) fn run_here(self) {
        let Self { entry, runtime, limit, left } = self;
        let until = limit.map(|limit| lived() + limit);
        let drop_incarnation = Arc::new(DropIncarnation { entry, until });
        runtime.monitor_actor(&drop_incarnation, || {
            // A panic in the drop is recorded; the value is gone in any case.
            _ = catch_actor(&drop_incarnation.entry, || Some("drop"), || drop(left));
        });
    }

    /// Drops the value on a thread for polls that may block.
    pub(super) fn run_elsewhere(self) {
        let runtime = Arc::clone(&self.runtime);
        if let Err(job) = runtime.overflow(Box::new(self)) {
            job.refuse();
        }
    }
}

impl<T: Send + 'static> Job for MonitoredDrop<T> {
    fn call(&self) -> Option<&Arc<Call>> {
        None
    }

    fn run(self: Box<Self>) {
        self.run_here();
    }

    /// The drop is not monitored then; but so many threads are abandoned already that one more changes nothing.
    fn refuse(self: Box<Self>) {
        drop_elsewhere(self.left);
    }
}

/// The watchdog's view of the drop, which contains no user value.
struct DropIncarnation {
    entry: Arc<ActorEntry>,
    until: Option<Instant>,
}

impl Incarnation for DropIncarnation {
    fn entry(&self) -> &Arc<ActorEntry> {
        &self.entry
    }

    fn takes_its_time(&self) {}

    fn is_overdue(&self, now: Instant, first_seen: Instant) -> bool {
        // A drop without a time limit may still not hold a thread for ever.
        self.until.unwrap_or(first_seen + DEFAULT_TIMEOUT) <= now
    }

    fn abandon(
        &self,
        _: Instant,
        health: &RuntimeHealth,
        thread: &BlockedPoll,
    ) -> Option<Arc<BlockedThread>> {
        let message = "the drop of the actor holds its thread past the deadline";
        Some(thread.abandon_to_actor(&self.entry, "drop", message, health))
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// Its drop blocks until it gets a message.
    struct Blocks(Receiver<()>);

    impl Drop for Blocks {
        fn drop(&mut self) {
            _ = self.0.recv();
        }
    }

    fn wait_until(what: &str, is_so: impl Fn() -> bool) {
        let begin = Instant::now();
        while !is_so() {
            assert!(begin.elapsed() < Duration::from_secs(30), "{what} did not happen");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_drop_that_blocks_is_a_lost_thread_until_it_comes_back_wherever_it_is() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let _entered = runtime.enter();
        let runtime = crate::monitor::runtime_context().expect("threads");
        let entry = Arc::new(ActorEntry::new("actor".into()));
        let monitored_drop = |left| {
            let limit = Some(Duration::from_millis(50));
            MonitoredDrop { entry: Arc::clone(&entry), runtime: Arc::clone(&runtime), limit, left }
        };
        let (release_here, released) = channel();
        let here = monitored_drop(Blocks(released));
        let here = std::thread::spawn(move || here.run_here());
        let (release_elsewhere, released) = channel();
        monitored_drop(Blocks(released)).run_elsewhere();
        wait_until("both are abandoned", || {
            runtime.budget.abandoned() == 2 && entry.abandoned() == 2
        });
        drop((release_here, release_elsewhere));
        wait_until("both come back", || runtime.budget.abandoned() == 0 && entry.abandoned() == 0);
        here.join().expect("no panic");
    }
}
