//! What makes a server stop.

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::isolation::bulkhead::repair;

/// How long the connections may take to be closed by force.
pub(super) const FORCED: Duration = Duration::from_secs(1);

/// What makes a server stop: the user's word, or a signal if the process is ours.
pub(super) struct Stop {
    pub(super) asked: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pub(super) signals: bool,
}

impl Stop {
    /// Waits until there is a reason to stop, and says which.
    pub(super) async fn wait(self) -> String {
        let asked = async {
            match self.asked {
                Some(asked) => asked.await,
                None => pending().await,
            }
        };
        let signal = async {
            match self.signals {
                true => signal().await,
                false => pending().await,
            }
        };
        match select(std::pin::pin!(asked), std::pin::pin!(signal)).await {
            Either::Left(((), _)) => "it was asked to".to_owned(),
            Either::Right((name, _)) => format!("{name} was received"),
        }
    }
}

/// Waits for SIGTERM or SIGINT, and has the process end at once when the next one comes.
#[cfg(unix)]
async fn signal() -> &'static str {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> (&'static str, i32) {
        match select(std::pin::pin!(terminate.recv()), std::pin::pin!(interrupt.recv())).await {
            Either::Left(_) => ("SIGTERM", 15),
            Either::Right(_) => ("SIGINT", 2),
        }
    }

    // Without handlers the signals end the process, as they do by default.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return pending().await };
    let Ok(mut interrupt) = signal(SignalKind::interrupt()) else { return pending().await };
    let (name, _) = next(&mut terminate, &mut interrupt).await;
    tokio::spawn(async move {
        let (_, number) = next(&mut terminate, &mut interrupt).await;
        // As a shell names the end by a signal.
        repair::exit_now(128 + number);
    });
    name
}

#[cfg(not(unix))]
async fn signal() -> &'static str {
    if tokio::signal::ctrl_c().await.is_err() {
        return pending().await;
    }
    tokio::spawn(async {
        _ = tokio::signal::ctrl_c().await;
        repair::exit_now(130);
    });
    "Ctrl-C"
}
