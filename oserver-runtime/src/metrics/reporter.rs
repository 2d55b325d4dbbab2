//! Reports to the recorder behind the `metrics` facade, once a second. The recorder is user code, which may block or
//! panic, so it has its own thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, sleep};
use std::time::Duration;

use crate::metrics::facade::Facade;
use crate::metrics::snapshot::Snapshot;

const EVERY: Duration = Duration::from_secs(1);

/// The source of a report.
pub(crate) enum Source {
    /// The runtime is gone: the thread ends.
    Gone,
    /// No server runs on the runtime.
    Nothing,
    Snapshot(Snapshot),
}

/// Starts the thread. It ends with the runtime that `source` reads from.
///
/// # Errors
/// When the operating system gives no thread.
pub(crate) fn start(source: impl Fn() -> Source + Send + 'static) -> std::io::Result<()> {
    let run = move || {
        let mut facade = Facade::default();
        loop {
            match source() {
                Source::Gone => return,
                Source::Nothing => {}
                // The panic hook has printed a panic of the facade.
                Source::Snapshot(snapshot) => {
                    _ = catch_unwind(AssertUnwindSafe(|| snapshot.visit(&mut facade)));
                }
            }
            sleep(EVERY);
        }
    };
    thread::Builder::new().name("oserver-metrics".into()).spawn(run)?;
    Ok(())
}
