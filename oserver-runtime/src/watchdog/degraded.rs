//! The guarantee that is degraded on this system, or on a runtime that oserver did not build: one warning for each
//! runtime.

use tokio::runtime::RuntimeFlavor;

use crate::fault_log::process_fault;
use crate::process::cores::workers as wanted;
use crate::process::exit_code;
use crate::watchdog::priority;
use crate::watchdog::runtime_context::RuntimeContext;

pub(crate) fn report(runtime: &RuntimeContext) {
    let mut degraded = Vec::new();
    let workers = runtime.handle.metrics().num_workers();
    if !exit_code::owns_process() {
        degraded.push(
            "this runtime was not built by `#[oserver::main]`: when too many threads are abandoned, \
             `serve` ends with an error, and the process ends only if `on_unrecoverable` ends it"
                .to_owned(),
        );
        if runtime.handle.runtime_flavor() == RuntimeFlavor::CurrentThread || workers == 1 {
            degraded.push(
                "it has one worker, which is for connections: each handler runs on an overflow \
                 thread, which costs throughput"
                    .to_owned(),
            );
        } else if workers < wanted() {
            degraded.push(format!(
                "it has {workers} workers and not {}: more handlers run on overflow threads, which \
                 costs throughput",
                wanted()
            ));
        }
    }
    if !priority::SUPPORTED {
        degraded.push(
            "on this system the priority of a thread is not lowered: a handler that never stops \
             computing takes CPU time from all others"
                .to_owned(),
        );
    }
    if !degraded.is_empty() {
        process_fault::degraded_isolation(&degraded.join("; "));
    }
}
