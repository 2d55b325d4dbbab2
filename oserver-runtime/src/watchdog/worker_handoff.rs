//! How a worker that lost its priority leaves the runtime.
//!
//! The priority cannot be raised again without privileges, so the worker hands its core over to a thread of tokio's
//! blocking pool. That thread must have normal priority; a thread that the worker starts itself would inherit the low
//! one. So the watchdog first leaves an idle thread in the pool.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::sleep;
use std::time::Duration;

use tokio::runtime::RuntimeFlavor;

use crate::panic::catch::spawn_blocking;
use crate::sync::Mutex;
use crate::watchdog::priority;
use crate::watchdog::runtime_context::RuntimeContext;

/// How long a worker waits for the idle thread. It was away for much longer.
const READY_TIMEOUT: Duration = Duration::from_millis(100);
/// The time from the answer of the idle thread until it is idle.
const UNTIL_IDLE: Duration = Duration::from_millis(1);
/// How long the worker is away, so that the other thread takes over. If that does not happen, the worker tries again
/// after its next poll.
const AWAY: Duration = Duration::from_millis(5);
/// A thread of the pool that lost its own priority is kept busy for this long, while another one is asked.
const OUT_OF_THE_WAY: Duration = Duration::from_millis(200);
/// How many threads of the pool are asked.
const ASKED: u32 = 8;

/// Workers that want to leave.
#[derive(Debug, Default)]
pub(crate) struct WorkerHandoffs(Mutex<Vec<Request>>);

#[derive(Debug)]
struct Request {
    ready: SyncSender<()>,
    asked: u32,
}

impl WorkerHandoffs {
    fn add(&self, request: Request) {
        self.0.lock().push(request);
    }
}

/// Worker, inside of a task's poll: another thread takes its place.
pub(crate) fn hand_off(runtime: &RuntimeContext) {
    if runtime.handle.runtime_flavor() != RuntimeFlavor::MultiThread {
        return;
    }
    let (ready, is_ready) = sync_channel(1);
    runtime.worker_handoffs.add(Request { ready, asked: 0 });
    runtime.parker.unpark();
    // Without an answer the next worker may be one of low priority, which then leaves as well.
    if is_ready.recv_timeout(READY_TIMEOUT).is_ok() {
        sleep(UNTIL_IDLE);
    }
    tokio::task::block_in_place(|| sleep(AWAY));
}

/// Watchdog: leaves an idle thread behind for each worker that wants to leave.
pub(crate) fn serve(runtime: &Arc<RuntimeContext>) {
    let requests = std::mem::take(&mut *runtime.worker_handoffs.0.lock());
    for request in requests {
        let weak = Arc::downgrade(runtime);
        spawn_blocking(&runtime.handle, move || {
            if !priority::is_low() || request.asked >= ASKED {
                // The worker may have stopped waiting.
                _ = request.ready.try_send(());
            } else if let Some(runtime) = weak.upgrade() {
                runtime.worker_handoffs.add(Request { asked: request.asked + 1, ..request });
                runtime.parker.unpark();
                drop(runtime);
                sleep(OUT_OF_THE_WAY);
            }
        });
    }
}
