//! How many CPU cores the process may use.

use std::sync::LazyLock;
use std::thread;

/// Returns how many cores there are for this process; two where that cannot be known.
pub(crate) fn cores() -> usize {
    // Asking takes several system calls, on Linux.
    static CORES: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(2, usize::from));
    *CORES
}

/// Returns how many workers a runtime of our own has. A route may have as many polls on workers as there are cores; when
/// three routes have lost theirs to handlers that block, one poll and one look at the network still go on. Idle ones
/// cost nothing that could be measured.
pub(crate) fn workers() -> usize {
    3 * cores() + 2
}
