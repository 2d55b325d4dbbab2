//! Attacks that affect all clients from time to time: more connections than there are file descriptors, and
//! slowhttptest in its four ways.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::task::JoinSet;

use super::ledger::Ledger;
use crate::common::faults::Faults;
use crate::common::{PATIENCE, tools};

/// Connections of slowhttptest.
pub(crate) const SLOW_CONNECTIONS: usize = 100;

pub(crate) struct Attacks {
    stop: Arc<AtomicBool>,
    attacks: JoinSet<()>,
}

impl Attacks {
    pub(crate) fn start(faults: &Arc<Faults>, ledger: &Arc<Ledger>, random: Rng) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut attacks = JoinSet::new();
        attacks.spawn(floods(Arc::clone(faults), Arc::clone(&stop), random));
        attacks.spawn(slow(Arc::clone(faults), Arc::clone(ledger), Arc::clone(&stop)));
        Self { stop, attacks }
    }

    pub(crate) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.attacks.join_all().await;
    }
}

/// Takes all file descriptors there are, until the server says so, and gives them back.
async fn floods(faults: Arc<Faults>, stop: Arc<AtomicBool>, mut random: Rng) {
    let mut floods = 0;
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(random.u64(3000..10_000))).await;
        let before = faults.recorded("accept-error");
        let mut flood = Vec::new();
        let begin = Instant::now();
        while faults.recorded("accept-error") == before {
            assert!(begin.elapsed() < 2 * PATIENCE, "{} are not enough", flood.len());
            let connecting = TcpStream::connect(faults.address);
            // While the operating system's queue is full, too, they have to wait.
            let connected = tokio::time::timeout(Duration::from_secs(1), connecting).await;
            flood.extend(connected.map(|stream| stream.expect("it listens")));
        }
        floods += 1;
        drop(flood);
    }
    println!("{floods} times there were no file descriptors left");
}

/// One mode after the other.
async fn slow(faults: Arc<Faults>, ledger: Arc<Ledger>, stop: Arc<AtomicBool>) {
    let connections = SLOW_CONNECTIONS.to_string();
    let modes = [("-H", "/ok"), ("-B", "/upload"), ("-R", "/ok"), ("-X", "/echo/1000000")];
    for (mode, path) in modes.into_iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let url = format!("http://{}{path}", faults.address);
        // Each may be given up, and its own questions whether there is still an answer come on top.
        ledger.foreign(2 * SLOW_CONNECTIONS as u64);
        let tool = Command::new("slowhttptest")
            .args([mode, "-c", &connections, "-r", "100", "-i", "1", "-l", "5", "-u", &url])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .status();
        match tool.await {
            Ok(status) => assert!(status.success(), "slowhttptest {mode}: {status}"),
            Err(error) => {
                return tools::missing("slowhttptest", &format!("it does not start: {error}"));
            }
        }
    }
}
