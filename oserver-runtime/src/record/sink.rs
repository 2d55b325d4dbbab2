//! The way of a line to stderr.

use std::io::{self, IsTerminal, Write};
use std::sync::LazyLock;

/// A person reads there.
static TERMINAL: LazyLock<bool> = LazyLock::new(|| io::stderr().is_terminal());

/// Whether lines are for a person and not for a machine.
pub(super) fn is_for_people() -> bool {
    *TERMINAL
}

/// Writes one line, whole, in a single call.
pub(super) fn write(line: &[u8]) {
    // There is nowhere to report that the place of reports is gone.
    _ = io::stderr().lock().write_all(line);
}
