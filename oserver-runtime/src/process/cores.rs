//! How many CPU cores the process may use.

use std::sync::LazyLock;
use std::thread;

/// How many cores there are for this process; two where that cannot be known.
pub(crate) fn cores() -> usize {
    // Asking takes several system calls, on Linux.
    static CORES: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(2, usize::from));
    *CORES
}
