//! The messages to systemd, over a socket as systemd has one.

#![cfg(unix)]
#![allow(clippy::print_stdout, reason = "what was measured is said")]

mod common;

use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{Client, PATIENCE, eventually, run_for};

/// Everything that was told until now, with its time.
type Told = Arc<Mutex<Vec<(Instant, String)>>>;

/// A supervisor's socket.
fn supervisor(folder: &std::path::Path) -> (String, Told) {
    let path = folder.join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    let told = Told::default();
    let heard = Arc::clone(&told);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length) = socket.recv(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let mut told = heard.lock().expect("no panic with it");
            told.extend(text.lines().map(|line| (Instant::now(), line.to_owned())));
        }
    });
    (path.display().to_string(), told)
}

fn lines(told: &Told) -> Vec<String> {
    told.lock().expect("no panic").iter().map(|(_, line)| line.clone()).collect()
}

fn last(told: &Told, wanted: &str) -> Option<Instant> {
    let told = told.lock().expect("no panic");
    told.iter().rev().find(|(_, line)| line == wanted).map(|(at, _)| *at)
}

#[test]
fn systemd_gets_ready_status_and_watchdog_pings() {
    run_for(3 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, told) = supervisor(folder.path());
        let environment = [("NOTIFY_SOCKET", &*path), ("WATCHDOG_USEC", "1000000")];
        let faults = Faults::start_with(&[], &environment);
        eventually("READY", || lines(&told).iter().any(|line| line == "READY=1")).await;
        eventually("a status", || {
            lines(&told).iter().any(|line| line == "STATUS=serving, no alarms")
        })
        .await;
        eventually("some pings", || {
            lines(&told).iter().filter(|line| *line == "WATCHDOG=1").count() >= 4
        })
        .await;
        for _ in 0..5 {
            faults.get("/panic").await;
        }
        eventually("the alarm", || {
            lines(&told).iter().any(|line| line == "STATUS=alarm: GET /panic")
        })
        .await;
        // A route that fails is no reason to be restarted.
        let now = Instant::now();
        eventually("a further ping", || last(&told, "WATCHDOG=1") > Some(now)).await;
        assert_eq!(lines(&told).iter().filter(|line| *line == "READY=1").count(), 1);
    });
}

#[test]
fn overload_alone_stops_no_watchdog_ping() {
    /// After which systemd ends a service that was silent.
    const ASKED: Duration = Duration::from_secs(4);
    run_for(4 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, told) = supervisor(folder.path());
        let microseconds = ASKED.as_micros().to_string();
        let environment = [("NOTIFY_SOCKET", &*path), ("WATCHDOG_USEC", &*microseconds)];
        let faults = Faults::start_with(&[], &environment);
        eventually("a ping", || last(&told, "WATCHDOG=1").is_some()).await;
        // Far more to compute than there is time for, for longer than a runtime that is wedged lives.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let (address, begin) = (faults.address, Instant::now());
        let stop = begin + 3 * ASKED;
        let clients: Vec<_> = (0..150 * cores)
            .map(|_| {
                tokio::spawn(async move {
                    let mut waited = Duration::ZERO;
                    while Instant::now() < stop {
                        let mut client = Client::connect(address).await;
                        let sent = Instant::now();
                        let get = client.send(hyper::Request::get("/spin/50"), "");
                        _ = tokio::time::timeout(Duration::from_secs(3), get).await;
                        waited += sent.elapsed();
                    }
                    waited
                })
            })
            .collect();
        let mut waited = Duration::ZERO;
        for client in clients {
            waited += client.await.expect("no panic");
        }
        // Each request wants a core for itself, so requests in flight say how much too much it was: a quick
        // machine may answer them all.
        let in_flight = waited.div_duration_f64(begin.elapsed());
        assert!(in_flight > 20.0 * cores as f64, "it was no overload: {in_flight:.1} in flight");
        // Also one after it, so that each silence has an end.
        let end = Instant::now();
        eventually("a further ping", || last(&told, "WATCHDOG=1") > Some(end)).await;
        let told = told.lock().expect("no panic");
        let pings = told.iter().filter(|(_, line)| line == "WATCHDOG=1").map(|(at, _)| *at);
        let pings: Vec<_> = pings.collect();
        let silence = pings.windows(2).map(|pair| pair[1] - pair[0]).max().expect("two pings");
        println!("{in_flight:.0} requests in flight, and it was silent for {silence:?} at most");
        assert!(silence < ASKED, "it was silent for {silence:?}");
        assert!(!told.iter().any(|(_, line)| line.starts_with("STATUS=the runtime")), "{told:?}");
    });
}

#[test]
fn a_blocked_runtime_sends_no_watchdog_ping() {
    run_for(4 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, told) = supervisor(folder.path());
        let environment = [("NOTIFY_SOCKET", &*path), ("WATCHDOG_USEC", "1000000")];
        let mut faults = Faults::start_with(&[], &environment);
        eventually("a ping", || last(&told, "WATCHDOG=1").is_some()).await;
        faults.wedge().await;
        let begin = Instant::now();
        eventually("the word", || {
            lines(&told)
                .iter()
                .any(|line| line.starts_with("STATUS=the runtime has polled nothing"))
        })
        .await;
        faults.ends().await;
        // It gave itself up, and before that it was silent for long enough to be restarted anyway.
        let silent = Instant::now() - last(&told, "WATCHDOG=1").expect("there was one");
        assert!(silent > Duration::from_secs(5), "{silent:?} of {:?}", begin.elapsed());
    });
}

#[test]
fn systemd_gets_stopping() {
    run_for(2 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, told) = supervisor(folder.path());
        let mut faults = Faults::start_with(&[], &[("NOTIFY_SOCKET", &*path)]);
        eventually("READY", || lines(&told).iter().any(|line| line == "READY=1")).await;
        faults.signal("TERM");
        faults.ends().await;
        eventually("STOPPING", || lines(&told).iter().any(|line| line == "STOPPING=1")).await;
        assert!(!lines(&told).iter().any(|line| line == "WATCHDOG=1"), "nobody asked for pings");
    });
}
