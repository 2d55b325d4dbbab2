//! Which guarantee is weaker on a runtime that is not ours, or on this system: one warning a runtime.

use tokio::runtime::RuntimeFlavor;

use super::{Bulkhead, cores, priority, repair};
use crate::record::fault;

pub(super) fn say(bulkhead: &Bulkhead) {
    let mut weaker = Vec::new();
    let workers = bulkhead.handle.metrics().num_workers();
    if !repair::owns_process() {
        weaker.push(
            "this runtime was not built by `#[oserver::main]`: when too many threads are stuck, \
             `serve` ends with an error, and the process ends only if `on_unrecoverable` ends it"
                .to_owned(),
        );
        if bulkhead.handle.runtime_flavor() == RuntimeFlavor::CurrentThread || workers == 1 {
            weaker.push(
                "it has one worker, which is for connections: each handler runs on a thread \
                 besides, which costs throughput"
                    .to_owned(),
            );
        } else if workers < 2 * cores() {
            weaker.push(format!(
                "it has {workers} workers and not {}: more handlers run on threads besides, which \
                 costs throughput",
                2 * cores()
            ));
        }
    }
    if !priority::SUPPORTED {
        weaker.push(
            "on this system the priority of a thread is not lowered: a handler that never stops \
             computing takes CPU time from all others"
                .to_owned(),
        );
    }
    if !weaker.is_empty() {
        fault::degraded_isolation(&weaker.join("; "));
    }
}
