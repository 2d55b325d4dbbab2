//! Causes of a server's stop.

use std::future::pending;
use std::pin::Pin;

use futures_util::future::{Either, select};

use crate::fault_log::process_fault;
use crate::process::{exit, exit_code};

/// The causes of a server's stop: the user's future, or a signal if oserver owns the process.
pub(super) struct Stop {
    pub(super) asked: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pub(super) signals: bool,
}

impl Stop {
    /// Listens from the call on, and waits for a reason to stop. Returns the reason.
    pub(super) fn wait(self) -> impl Future<Output = String> + Send {
        let Self { asked, signals } = self;
        let asked = asked.unwrap_or_else(|| Box::pin(pending()));
        let signal: Pin<Box<dyn Future<Output = _> + Send>> = match signals {
            true => Box::pin(signal()),
            false => Box::pin(pending()),
        };
        async move {
            match select(asked, signal).await {
                Either::Left(((), _)) => "`with_graceful_shutdown` completed".to_owned(),
                Either::Right((name, _)) => format!("it received {name}"),
            }
        }
    }
}

/// Waits for SIGTERM or SIGINT; the next one ends the process at once. The signals are caught from the call on, not
/// from the first poll.
#[cfg(unix)]
fn signal() -> impl Future<Output = &'static str> + Send {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    async fn next(signals: &mut [Signal; 2]) -> (&'static str, i32) {
        let [terminate, interrupt] = signals;
        match select(std::pin::pin!(terminate.recv()), std::pin::pin!(interrupt.recv())).await {
            Either::Left(_) => ("SIGTERM", 15),
            Either::Right(_) => ("SIGINT", 2),
        }
    }

    let caught = signal(SignalKind::terminate())
        .and_then(|terminate| Ok([terminate, signal(SignalKind::interrupt())?]));
    async move {
        // Without signal handlers, signals end the process, as they do by default.
        let Ok(mut signals) = caught else { return pending().await };
        tokio::spawn(note_hangups());
        #[cfg(target_os = "linux")]
        tokio::spawn(survive_full_files());
        let (name, _) = next(&mut signals).await;
        if exit_code::owns_process() {
            exit::after_signal();
        }
        tokio::spawn(async move {
            let (_, number) = next(&mut signals).await;
            // The code with which a shell reports the end by a signal.
            exit::now(128 + number);
        });
        name
    }
}

/// Records SIGHUP: a closed terminal, or a script that expects a reload, must not end a server.
#[cfg(unix)]
async fn note_hangups() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
    while hangups.recv().await.is_some() {
        process_fault::ignored_signal("SIGHUP");
    }
}

/// A log file that has reached the limit of file sizes (`ulimit -f`) must not end a server: bytes that are not written
/// are counted, as for a full disk.
#[cfg(target_os = "linux")]
async fn survive_full_files() {
    use tokio::signal::unix::{SignalKind, signal};

    let number = rustix::process::Signal::XFSZ.as_raw();
    let Ok(mut signals) = signal(SignalKind::from_raw(number)) else { return };
    while signals.recv().await.is_some() {}
}

#[cfg(not(unix))]
async fn signal() -> &'static str {
    if tokio::signal::ctrl_c().await.is_err() {
        return pending().await;
    }
    tokio::spawn(async {
        _ = tokio::signal::ctrl_c().await;
        exit::now(130);
    });
    "Ctrl-C"
}
