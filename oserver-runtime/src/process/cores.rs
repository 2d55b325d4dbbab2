//! How many CPU cores the process may use.

use std::sync::LazyLock;
use std::thread;

/// Returns the number of CPU cores for this process; two if it cannot be known.
pub(crate) fn cores() -> usize {
    // Asking takes several system calls, on Linux.
    static CORES: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(2, usize::from));
    *CORES
}

/// Returns the number of workers of the runtime of `#[oserver::main]`. Polls of one route may use as many workers as
/// there are cores. If three routes have blocked theirs, one poll and one look at the network still continue. Idle
/// workers have no measurable cost.
pub(crate) fn workers() -> usize {
    3 * cores() + 2
}
