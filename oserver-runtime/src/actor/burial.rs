//! The drop of what is left of an actor: a user's code as any other, which may block, and is judged so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::health::actors::ActorEntry;
use crate::health::budget::Budget;
use crate::isolation::bulkhead::Bulkhead;
use crate::isolation::bulkhead::guest::Life;
use crate::isolation::bulkhead::overflow::Job;
use crate::isolation::catch::catch_actor;
use crate::isolation::disposal::drop_elsewhere;
use crate::record::actor_fault;
use crate::request::call::Call;
use crate::request::server::DEFAULT_TIMEOUT;

/// What is to be dropped, which may take so long.
pub(super) struct Burial<T> {
    pub(super) entry: Arc<ActorEntry>,
    pub(super) bulkhead: Arc<Bulkhead>,
    pub(super) limit: Option<Duration>,
    pub(super) left: T,
}

impl<T: Send + 'static> Burial<T> {
    /// On this thread, which may be lost by it.
    pub(super) fn here(self) {
        let Self { entry, bulkhead, limit, left } = self;
        let until = limit.map(|limit| Instant::now() + limit);
        let rite = Arc::new(Rite { entry, until });
        bulkhead.attend_guest(&rite, || {
            // A panic in there is recorded; what was dropped is gone all the same.
            _ = catch_actor(&rite.entry, || Some("drop"), || drop(left));
        });
    }

    /// On a thread for polls that may block.
    pub(super) fn elsewhere(self) {
        let bulkhead = Arc::clone(&self.bulkhead);
        if let Err(job) = bulkhead.overflow(Box::new(self)) {
            job.refuse();
        }
    }
}

impl<T: Send + 'static> Job for Burial<T> {
    fn call(&self) -> Option<&Arc<Call>> {
        None
    }

    fn run(self: Box<Self>) {
        self.here();
    }

    /// Not watched then; but so many threads are lost already that one more says nothing.
    fn refuse(self: Box<Self>) {
        drop_elsewhere(self.left);
    }
}

/// What the watchdog sees of it, in which nothing is a user's.
#[derive(Debug)]
struct Rite {
    entry: Arc<ActorEntry>,
    until: Option<Instant>,
}

impl Life for Rite {
    fn entry(&self) -> &Arc<ActorEntry> {
        &self.entry
    }

    fn takes_its_time(&self) {}

    fn is_overdue(&self, now: Instant, first_seen: Instant) -> bool {
        // What may take for ever may still not hold a thread for ever.
        self.until.unwrap_or(first_seen + DEFAULT_TIMEOUT) <= now
    }

    fn condemn(&self, _: Instant, _: Instant, budget: &Budget) -> bool {
        actor_fault::blocked_drop(&self.entry, budget.abandon());
        true
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// Its drop blocks until it is told something.
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
        let bulkhead = Bulkhead::of_this_runtime().expect("threads");
        let entry = Arc::new(ActorEntry::new("actor".into()));
        let burial = |left| {
            let limit = Some(Duration::from_millis(50));
            Burial { entry: Arc::clone(&entry), bulkhead: Arc::clone(&bulkhead), limit, left }
        };
        let (release_here, released) = channel();
        let here = burial(Blocks(released));
        let here = std::thread::spawn(move || here.here());
        let (release_elsewhere, released) = channel();
        burial(Blocks(released)).elsewhere();
        wait_until("both are lost", || bulkhead.budget.abandoned() == 2 && entry.abandoned() == 2);
        drop((release_here, release_elsewhere));
        wait_until("both come back", || bulkhead.budget.abandoned() == 0 && entry.abandoned() == 0);
        here.join().expect("no panic");
    }
}
