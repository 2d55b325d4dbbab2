//! Escalation of an unrecoverable process: it reports this, finishes what it can, and exits.

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
const DRAIN: Duration = Duration::from_secs(5);
/// How long the callbacks of all servers may take, under `#[oserver::main]`.
const CALLBACKS: Duration = Duration::from_secs(5);

pub(crate) type Callback = Box<dyn FnOnce() + Send>;

/// Whether the runtime is unrecoverable, and who wants to know.
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

    /// A server whose connections are waited for.
    pub(crate) fn add_server(&self, server: &Arc<ServerContext>) {
        self.servers.lock().push(Arc::clone(server));
    }

    /// The server has ended. Says whether there is no other.
    pub(crate) fn remove_server(&self, server: &Arc<ServerContext>) -> bool {
        let mut servers = self.servers.lock();
        servers.retain(|other| !Arc::ptr_eq(other, server));
        servers.is_empty()
    }

    pub(crate) fn has_servers(&self) -> bool {
        !self.servers.lock().is_empty()
    }

    /// Returns how the servers are.
    pub(crate) fn healths(&self) -> Vec<Arc<ServerHealth>> {
        let servers = self.servers.lock();
        servers.iter().map(|server| Arc::clone(&server.health)).collect()
    }

    pub(crate) fn add_callback(&self, callback: Callback) {
        self.callbacks.lock().push(callback);
    }

    /// Whom nobody will call any more.
    pub(crate) fn take_callbacks(&self) -> Vec<Callback> {
        std::mem::take(&mut *self.callbacks.lock())
    }

    /// Turns true when there is no way back.
    pub(crate) fn subscribe(&self) -> watch::Receiver<bool> {
        self.beyond.subscribe()
    }

    /// Watchdog or canary: the end begins. What takes time happens on a thread of its own.
    pub(crate) fn escalate(&self, runtime: &Arc<RuntimeContext>, trouble: Trouble) {
        // Before they are told: on a runtime that is not ours they then end, and are no more in the list.
        let servers = self.servers.lock().clone();
        if self.beyond.send_replace(true) {
            return;
        }
        if owns_process() {
            exit::within(
                DRAIN + CALLBACKS,
                EXIT_UNRECOVERABLE.into(),
                "`on_unrecoverable` takes too long",
            );
        }
        runtime.health.set_unrecoverable();
        process_fault::unrecoverable(trouble, runtime.budget.abandoned());
        let runtime = Arc::clone(runtime);
        let thread = thread::Builder::new().name("oserver-exit".into());
        if thread.spawn(move || end(&runtime, &servers)).is_err() && owns_process() {
            // No thread to be had is one more reason.
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
    while begin.elapsed() < DRAIN && servers.iter().any(|server| server.has_connections()) {
        thread::sleep(Duration::from_millis(10));
    }
    for callback in escalation.take_callbacks() {
        // A panic in there is recorded by the panic hook, and holds up no exit.
        _ = catch_unwind(AssertUnwindSafe(callback));
    }
    if owns_process() {
        exit::now(EXIT_UNRECOVERABLE.into());
    }
}
