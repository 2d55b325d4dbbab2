//! The exit code of an unrecoverable process, and whether oserver may end the process.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::process::exit;

/// The exit code of an unrecoverable process: `EX_SOFTWARE` of sysexits(3).
pub const EXIT_UNRECOVERABLE: u8 = 70;

/// `true` once `#[oserver::main]` has built the runtime: oserver may then end the process.
static OWNS_PROCESS: AtomicBool = AtomicBool::new(false);

pub(crate) fn own_process() {
    exit::prepare();
    OWNS_PROCESS.store(true, Ordering::Relaxed);
}

pub(crate) fn owns_process() -> bool {
    OWNS_PROCESS.load(Ordering::Relaxed)
}
