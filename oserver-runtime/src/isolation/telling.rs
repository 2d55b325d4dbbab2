//! Tells the recorder of metrics how the servers are, once a second: it is a user's and may block or panic,
//! which leaves everybody else at work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::thread::{self, sleep};
use std::time::Duration;

use super::bulkhead::Bulkhead;
use crate::health::facade::Facade;

const EVERY: Duration = Duration::from_secs(1);

/// Starts the thread of a bulkhead. It ends with it.
pub(super) fn start(bulkhead: &Arc<Bulkhead>) -> std::io::Result<()> {
    let weak = Arc::downgrade(bulkhead);
    thread::Builder::new().name("oserver-metrics".into()).spawn(move || tell(&weak))?;
    Ok(())
}

fn tell(bulkhead: &Weak<Bulkhead>) {
    let mut facade = Facade::default();
    while let Some(bulkhead) = bulkhead.upgrade() {
        let servers = bulkhead.repair.healths();
        // A recorder that blocks must not be what keeps the bulkhead there.
        drop(bulkhead);
        if !servers.is_empty() {
            // What panics in there was printed by the panic hook.
            _ = catch_unwind(AssertUnwindSafe(|| facade.tell(&servers)));
        }
        drop(servers);
        sleep(EVERY);
    }
}
