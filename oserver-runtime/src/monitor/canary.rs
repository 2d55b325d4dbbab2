//! The canary: one poll and one timer a second through the real admission path, watched by its own thread.
//!
//! This thread also finds out whether the process was stopped.
//!
//! The watchdog monitors handlers. The canary detects the rest: code without a guard, such as a task of
//! `tokio::spawn`, that holds every worker.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, Thread, park_timeout};
use std::time::{Duration, Instant};

use axum::extract::Request;

use crate::clock::lived::{self, BEAT, beat_no_more};
use crate::fault_log::process_fault;
use crate::health::liveness::Trouble;
use crate::health::readiness::ServerHealth;
use crate::monitor::pool_canary::PoolCanary;
use crate::panic::deferred_drop::defer_drops_of_this_thread;
use crate::request::default_timeout::DEFAULT_TIMEOUT;
use crate::request::limits::Limits;
use crate::request::open_connection::OpenConnection;
use crate::request::server::ServerContext;
use crate::request::state::Call;
use crate::task::spawn_admitted;
use crate::watchdog::runtime_context::RuntimeContext;

/// How long the canary rests between two probes.
const EVERY: Duration = Duration::from_secs(1);
/// How often its thread looks. A late look counts at most twice this time, so a process that was stopped for a while
/// is not wedged.
const LOOK: Duration = Duration::from_millis(50);
/// How long it waits for a timer.
const WAIT: Duration = Duration::from_millis(1);

/// Starts the canary of a runtime. It ends with the runtime.
pub(crate) fn start(runtime: &Arc<RuntimeContext>) -> std::io::Result<()> {
    let weak = Arc::downgrade(runtime);
    thread::Builder::new().name("oserver-canary".into()).spawn(move || run(&weak))?;
    Ok(())
}

fn run(runtime: &Weak<RuntimeContext>) {
    defer_drops_of_this_thread();
    beat();
    let health = ServerHealth::of_nobody();
    let (network, timeout) = (Limits::default(), Some(DEFAULT_TIMEOUT));
    let server = Arc::new(ServerContext::new(Arc::new(health), timeout, 1, false, network));
    let mut pool = PoolCanary::default();
    while let Some(runtime) = runtime.upgrade() {
        // A runtime without servers may be one that nothing drives.
        if runtime.escalation.has_servers() {
            pool.look(&runtime, *runtime.liveness_limits.lock());
            let probe = Probe::start(&runtime, &server);
            await_return(runtime, &probe, &mut pool);
        } else {
            drop(runtime);
        }
        rest();
    }
    beat_no_more();
}

/// Waits until the next probe.
fn rest() {
    let begin = Instant::now();
    while begin.elapsed() < EVERY {
        park_timeout(BEAT);
        beat();
    }
}

/// Records that the process runs, and writes a record if it was stopped.
fn beat() {
    if let Some(stopped) = lived::beat() {
        process_fault::was_stopped(stopped);
    }
}

/// Watches one probe to its end.
fn await_return(runtime: Arc<RuntimeContext>, probe: &Probe, pool: &mut PoolCanary) {
    let health = Arc::clone(&runtime.health);
    let (weak, mut runtime) = (Arc::downgrade(&runtime), Some(runtime));
    let mut away = Duration::ZERO;
    while !probe.returned.load(Ordering::Acquire) {
        // The canary must not keep the runtime alive.
        runtime = None;
        let begin = Instant::now();
        park_timeout(LOOK);
        away += begin.elapsed().min(2 * LOOK);
        beat();
        let Some(runtime) = weak.upgrade() else { return };
        if !runtime.escalation.has_servers() {
            continue;
        }
        let limits = *runtime.liveness_limits.lock();
        pool.look(&runtime, limits);
        // A probe that waits in the queue of the overflow threads shows overload, not a stall. It can wait there as
        // long as the handlers before it may take.
        let queues = away > limits.live && runtime.has_waiting(&probe.call);
        let more = if queues { DEFAULT_TIMEOUT } else { Duration::ZERO };
        let live = limits.live.saturating_add(more);
        if away > live {
            if health.canary.begin(away) {
                process_fault::wedged(Trouble::Wedged(away));
            }
            if limits.exit.is_some_and(|exit| away > live.saturating_add(exit)) {
                runtime.escalation.escalate(&runtime, Trouble::Wedged(away));
            }
        }
    }
    drop(runtime);
    if health.canary.end() {
        process_fault::recovered("the runtime polls again");
    }
}

/// One probe of the canary.
struct Probe {
    call: Arc<Call>,
    returned: Arc<AtomicBool>,
}

impl Probe {
    fn start(runtime: &Arc<RuntimeContext>, server: &Arc<ServerContext>) -> Self {
        let open = OpenConnection::new(Arc::clone(server));
        let (parts, ()) = Request::new(()).into_parts();
        let connection = Arc::clone(&open.0);
        let call = Call::new(Arc::clone(server), connection, 0, &parts);
        let probe = Self { call: Arc::new(call), returned: Arc::default() };
        let guard = probe.guard();
        let _entered = runtime.handle.enter();
        spawn_admitted::spawn(&probe.call, runtime, async move {
            tokio::time::sleep(WAIT).await;
            drop(guard);
        });
        probe
    }

    /// Returns the guard that reports the return. A refused probe has returned as well: a thread had to refuse it.
    fn guard(&self) -> ProbeGuard {
        ProbeGuard { returned: Arc::clone(&self.returned), watcher: thread::current() }
    }
}

struct ProbeGuard {
    returned: Arc<AtomicBool>,
    watcher: Thread,
}

impl Drop for ProbeGuard {
    fn drop(&mut self) {
        self.returned.store(true, Ordering::Release);
        self.watcher.unpark();
    }
}
