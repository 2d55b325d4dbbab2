//! Escalation of an unrecoverable process: it reports this, finishes requests in flight, and exits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::fault_log::process_fault;
use crate::health::liveness::Trouble;
use crate::health::readiness::ServerHealth;
use crate::process::exit;
use crate::process::exit_code::{EXIT_UNRECOVERABLE, owns_process};
use crate::request::server::{Phase, ServerContext};
use crate::sync::Mutex;
use crate::watchdog::runtime_context::RuntimeContext;

/// How long requests may take to finish before the process exits.
const TO_FINISH: Duration = Duration::from_secs(5);
/// How long the callbacks of all servers may take, under `#[oserver::main]`.
const CALLBACKS: Duration = Duration::from_secs(5);

pub(crate) type Callback = Box<dyn FnOnce() + Send>;

/// Whether the runtime is unrecoverable, and the servers and callbacks that must know.
pub(crate) struct Escalation {
    beyond: watch::Sender<bool>,
    servers: Mutex<Vec<Arc<ServerContext>>>,
    callbacks: Mutex<Vec<Callback>>,
}

impl Escalation {
    pub(crate) fn new() -> Self {
        let (servers, callbacks) = Default::default();
        Self { beyond: watch::Sender::new(false), servers, callbacks }
    }

    /// Adds a server whose connections the exit waits for.
    pub(crate) fn add_server(&self, server: &Arc<ServerContext>) {
        self.servers.lock().push(Arc::clone(server));
    }

    /// Removes a server that has ended. Returns `true` if it was the last.
    pub(crate) fn remove_server(&self, server: &Arc<ServerContext>) -> bool {
        let mut servers = self.servers.lock();
        servers.retain(|other| !Arc::ptr_eq(other, server));
        servers.is_empty()
    }

    pub(crate) fn has_servers(&self) -> bool {
        !self.servers.lock().is_empty()
    }

    /// Returns the health of the servers.
    pub(crate) fn healths(&self) -> Vec<Arc<ServerHealth>> {
        let servers = self.servers.lock();
        servers.iter().map(|server| Arc::clone(&server.health)).collect()
    }

    pub(crate) fn add_callback(&self, callback: Callback) {
        self.callbacks.lock().push(callback);
    }

    /// Takes the callbacks, so that they are called once.
    pub(crate) fn take_callbacks(&self) -> Vec<Callback> {
        std::mem::take(&mut *self.callbacks.lock())
    }

    /// Returns a channel that becomes `true` when the process is unrecoverable.
    pub(crate) fn subscribe(&self) -> watch::Receiver<bool> {
        self.beyond.subscribe()
    }

    /// Watchdog or canary: begins the escalation. Slow steps run on a separate thread.
    pub(crate) fn escalate(&self, runtime: &Arc<RuntimeContext>, trouble: Trouble) {
        // Taken before they are notified: on a runtime that oserver did not build they then end, and leave the list.
        let servers = self.servers.lock().clone();
        if self.beyond.send_replace(true) {
            return;
        }
        if owns_process() {
            exit::within(
                TO_FINISH + CALLBACKS,
                EXIT_UNRECOVERABLE.into(),
                "`on_unrecoverable` takes too long",
            );
        }
        runtime.health.set_unrecoverable();
        process_fault::unrecoverable(trouble, runtime.budget.abandoned());
        let runtime = Arc::clone(runtime);
        let thread = thread::Builder::new().name("oserver-exit".into());
        if thread.spawn(move || end(&runtime, &servers)).is_err() && owns_process() {
            // A system without a free thread is one more reason to exit.
            exit::now(EXIT_UNRECOVERABLE.into());
        }
    }
}

fn end(runtime: &RuntimeContext, servers: &[Arc<ServerContext>]) {
    let escalation = &runtime.escalation;
    for server in servers {
        server.advance(Phase::Closing);
    }
    let begin = Instant::now();
    while begin.elapsed() < TO_FINISH && servers.iter().any(|server| server.has_connections()) {
        thread::sleep(Duration::from_millis(10));
    }
    for callback in escalation.take_callbacks() {
        // The panic hook records a panic of the callback, and the exit continues.
        _ = catch_unwind(AssertUnwindSafe(callback));
    }
    if owns_process() {
        exit::now(EXIT_UNRECOVERABLE.into());
    }
}
