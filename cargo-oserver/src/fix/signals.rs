//! Signals that ask the command to end. The files are put back first; then the command ends as it would after an error.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGQUIT};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

#[cfg(unix)]
const SIGNALS: &[(i32, &str)] =
    &[(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP"), (SIGQUIT, "SIGQUIT")];
#[cfg(not(unix))]
const SIGNALS: &[(i32, &str)] = &[(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")];

/// Keeps signals from ending the process while files are being edited. When it is dropped, signals end the process
/// again.
#[derive(Debug)]
pub(super) struct Signals {
    /// The last signal that came; 0 for none.
    came: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Signals {
    /// # Errors
    /// When the system does not allow it.
    pub(super) fn hold() -> Result<Self, String> {
        let held = Self { came: Arc::default(), over: Arc::default() };
        for (signal, name) in SIGNALS {
            let number = usize::try_from(*signal).unwrap_or_default();
            flag::register_conditional_default(*signal, Arc::clone(&held.over))
                .and_then(|_| flag::register_usize(*signal, Arc::clone(&held.came), number))
                .map_err(|error| format!("{name} cannot be handled: {error}"))?;
        }
        Ok(held)
    }

    /// # Errors
    /// When a signal came, with its name.
    pub(super) fn check(&self) -> Result<(), String> {
        let came = self.came.load(Ordering::Relaxed);
        match SIGNALS.iter().find(|(signal, _)| usize::try_from(*signal) == Ok(came)) {
            Some((_, name)) => {
                Err(format!("{name} ended the command, and all files are as they were"))
            }
            None => Ok(()),
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}
