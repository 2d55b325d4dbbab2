//! Starts the monitors of a runtime: the watchdog, the canary, and the metrics reporter.
//!
//! Every server and every actor gets the context of its runtime from here, so the threads run before any user code.

mod canary;
mod pool_canary;

use std::sync::{Arc, LazyLock, Weak};

use tokio::runtime::Handle;

use crate::fault_log::sink;
use crate::health::readiness::ServerHealth;
use crate::metrics::reporter::{self, Source};
use crate::sync::Mutex;
use crate::watchdog::runtime_context::RuntimeContext;
use crate::watchdog::{degraded, run};

/// Returns the context of the runtime that this is called on, and starts its monitors with the first call.
///
/// # Errors
/// When the operating system gives no thread.
pub(crate) fn runtime_context() -> std::io::Result<Arc<RuntimeContext>> {
    type Contexts = Mutex<Vec<(tokio::runtime::Id, Weak<RuntimeContext>)>>;
    static ALL: LazyLock<Contexts> = LazyLock::new(Mutex::default);
    let handle = Handle::current();
    let id = handle.id();
    let mut all = ALL.lock();
    all.retain(|(_, runtime)| runtime.strong_count() > 0);
    let own = all.iter().find(|(other, _)| *other == id);
    if let Some(runtime) = own.and_then(|(_, runtime)| runtime.upgrade()) {
        return Ok(runtime);
    }
    let runtime = Arc::new(RuntimeContext::new(handle));
    run::start(&runtime)?;
    canary::start(&runtime)?;
    let weak = Arc::downgrade(&runtime);
    reporter::start(move || snapshot(&weak))?;
    all.push((id, Arc::downgrade(&runtime)));
    degraded::report(&runtime);
    Ok(runtime)
}

/// Returns the metrics of a runtime. A recorder that blocks must not keep the runtime's context alive.
fn snapshot(runtime: &Weak<RuntimeContext>) -> Source {
    let Some(runtime) = runtime.upgrade() else { return Source::Gone };
    let servers = runtime.escalation.healths();
    if servers.is_empty() {
        return Source::Nothing;
    }
    let servers: Vec<_> = servers.iter().map(|server| &**server).collect();
    Source::Snapshot(ServerHealth::snapshot(&servers, sink::dropped()))
}
