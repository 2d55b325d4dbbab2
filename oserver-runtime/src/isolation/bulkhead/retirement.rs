//! How a worker whose priority was taken away leaves the runtime.
//!
//! The priority cannot be raised again without privileges, so the worker hands its core over to a
//! thread of tokio's blocking pool. That must be one of normal priority: a thread that the worker
//! starts itself would inherit its own. So the watchdog first leaves an idle one behind.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use tokio::runtime::RuntimeFlavor;

use super::{Bulkhead, priority};

/// How long a worker waits for the idle thread. It was away for much longer.
const PATIENCE: Duration = Duration::from_millis(100);
/// From its answer until the idle thread is idle.
const UNTIL_IDLE: Duration = Duration::from_millis(1);
/// For how long it is away, so that the other thread takes over; if it does not, the worker tries
/// again after its next poll.
const AWAY: Duration = Duration::from_millis(5);
/// A thread of the pool that retired itself is kept busy while another is asked.
const OUT_OF_THE_WAY: Duration = Duration::from_millis(200);
/// How many threads of the pool are asked.
const ASKED: u32 = 8;

/// Workers that want to leave.
#[derive(Debug, Default)]
pub(super) struct Retirements(Mutex<Vec<Request>>);

#[derive(Debug)]
struct Request {
    ready: SyncSender<()>,
    asked: u32,
}

impl Retirements {
    fn add(&self, request: Request) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }
}

/// Worker, inside of a task's poll: another thread takes its place.
pub(super) fn retire(bulkhead: &Bulkhead) {
    if bulkhead.handle.runtime_flavor() != RuntimeFlavor::MultiThread {
        return;
    }
    let (ready, is_ready) = sync_channel(1);
    bulkhead.retirements.add(Request { ready, asked: 0 });
    bulkhead.sleeper.rouse();
    // Without an answer the next worker is one of low priority, which leaves in its turn.
    if is_ready.recv_timeout(PATIENCE).is_ok() {
        sleep(UNTIL_IDLE);
    }
    tokio::task::block_in_place(|| sleep(AWAY));
}

/// Watchdog: leaves an idle thread behind for each worker that wants to leave.
pub(super) fn serve(bulkhead: &Arc<Bulkhead>) {
    let requests =
        std::mem::take(&mut *bulkhead.retirements.0.lock().unwrap_or_else(PoisonError::into_inner));
    for request in requests {
        let weak = Arc::downgrade(bulkhead);
        bulkhead.handle.spawn_blocking(move || {
            if !priority::is_low() || request.asked >= ASKED {
                // The worker may have given up waiting.
                _ = request.ready.try_send(());
            } else if let Some(bulkhead) = weak.upgrade() {
                bulkhead.retirements.add(Request { asked: request.asked + 1, ..request });
                bulkhead.sleeper.rouse();
                drop(bulkhead);
                sleep(OUT_OF_THE_WAY);
            }
        });
    }
}
