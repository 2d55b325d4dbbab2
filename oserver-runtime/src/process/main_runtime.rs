//! The process around the server: `#[oserver::main]`.

use std::time::Duration;

use crate::process::cores::workers;
use crate::process::{exit, exit_code};

/// How long the last lines of the log may take.
const LAST_LINES: Duration = Duration::from_millis(500);

/// Runs the future of `main` on a runtime that isolation needs. Called by generated code.
///
/// The runtime has three workers for each core and two more, or as many as `TOKIO_WORKER_THREADS` says: some workers
/// must be free for connections while others run handlers. When the future is done, the process may end at once,
/// without waiting for threads that are stuck in handlers.
///
/// # Panics
/// When the operating system does not give the threads.
#[doc(hidden)]
pub fn block_on_main<F: Future>(main: F) -> F::Output {
    // Another process may have started this process to read a stack.
    #[cfg(feature = "stacks")]
    oserver_tracer::serve_if_asked();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_name("oserver-worker");
    // A worker that lost its priority becomes an idle thread, and must end soon.
    builder.thread_keep_alive(Duration::from_secs(1));
    if std::env::var_os("TOKIO_WORKER_THREADS").is_none() {
        builder.worker_threads(workers());
    }
    exit_code::own_process();
    let runtime = builder.build().expect("the operating system gives threads and an event queue");
    let output = runtime.block_on(main);
    runtime.shutdown_background();
    crate::fault_log::sink::flush(LAST_LINES);
    output
}

/// Limits the time until the exit. Generated code calls it at the end of the process's own `main`.
#[doc(hidden)]
pub fn leave_main<T>(output: T) -> T {
    exit::after_main();
    output
}

/// Forbids that `serve` installs a log: `#[oserver::main(log = false)]`.
#[doc(hidden)]
pub fn without_log() {
    #[cfg(feature = "log")]
    crate::log::leave_out();
}
