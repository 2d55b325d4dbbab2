//! The process around the server: `#[oserver::main]`.

use std::future::Future;

/// Runs the future of `main` on a runtime with what isolation needs. Called by generated code.
///
/// Two workers for each core, or as many as `TOKIO_WORKER_THREADS` says: while some are inside of
/// handlers others must be free for connections. When the future is done the process may end at
/// once; a thread that is stuck in a handler is not waited for.
///
/// # Panics
/// When the operating system does not give the threads.
#[doc(hidden)]
pub fn block_on_main<F: Future>(main: F) -> F::Output {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_name("oserver-worker");
    if std::env::var_os("TOKIO_WORKER_THREADS").is_none() {
        builder.worker_threads(2 * cores);
    }
    let runtime = builder.build().expect("the operating system gives threads and an event queue");
    let output = runtime.block_on(main);
    runtime.shutdown_background();
    output
}
