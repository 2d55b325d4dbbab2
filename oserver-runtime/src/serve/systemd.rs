//! Notifications to systemd (`Type=notify`, `WatchdogSec=`), from a separate thread: the process is ready, its status,
//! and that it is live, as long as that is true.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Weak};
use std::thread::{self, Thread, park_timeout};
use std::time::Duration;

use sd_notify::NotifyState::{Ready, Status, Stopping, Watchdog};
use sd_notify::{notify, watchdog_enabled};

use crate::health::readiness::{ServerHealth, Stage};
use crate::sync::Mutex;

/// How often the status is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// All servers of the process, which has one watchdog.
static SERVERS: LazyLock<Mutex<Vec<Weak<ServerHealth>>>> = LazyLock::new(Mutex::default);
static STOPPING: AtomicBool = AtomicBool::new(false);
static NOTIFIER: LazyLock<Mutex<Option<Thread>>> = LazyLock::new(Mutex::default);

/// A server whose condition systemd gets, until this is dropped.
#[derive(Debug)]
pub(super) struct Notified(Arc<ServerHealth>);

/// Starts the notifications. Without a supervisor that wants them (`NOTIFY_SOCKET`) it does nothing.
pub(super) fn start(health: &Arc<ServerHealth>) -> std::io::Result<Option<Notified>> {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return Ok(None);
    }
    SERVERS.lock().push(Arc::downgrade(health));
    let mut notifier = NOTIFIER.lock();
    if notifier.is_none() {
        let thread = thread::Builder::new().name("oserver-systemd".into()).spawn(run)?;
        *notifier = Some(thread.thread().clone());
    }
    Ok(Some(Notified(Arc::clone(health))))
}

/// Notifies systemd at once, because a server has begun to serve or to stop.
pub(super) fn unpark() {
    // Here, and not by the thread: the process may end before that has its turn.
    if all_in(&alive(), Stage::Stopping) && !STOPPING.swap(true, Ordering::Relaxed) {
        send(&[Stopping]);
    }
    if let Some(thread) = &*NOTIFIER.lock() {
        thread.unpark();
    }
}

impl Drop for Notified {
    fn drop(&mut self) {
        SERVERS.lock().retain(|server| !std::ptr::eq(server.as_ptr(), Arc::as_ptr(&self.0)));
    }
}

/// Returns the servers that have not ended.
fn alive() -> Vec<Arc<ServerHealth>> {
    SERVERS.lock().iter().filter_map(Weak::upgrade).collect()
}

fn all_in(servers: &[Arc<ServerHealth>], stage: Stage) -> bool {
    !servers.is_empty() && servers.iter().all(|server| server.stage() == stage)
}

fn run() {
    // Twice in the time that systemd waits, as its manual advises.
    let watchdog = watchdog_enabled().map(|limit| limit / 2);
    let every = watchdog.map_or(LOOK, |limit| limit.min(LOOK));
    let (mut ready, mut sent) = (false, String::new());
    loop {
        let servers = alive();
        if !ready && all_in(&servers, Stage::Serving) {
            ready = true;
            send(&[Ready]);
        }
        let status = status(&servers);
        if status != sent {
            send(&[Status(&status)]);
            sent = status;
        }
        let live = !servers.is_empty() && servers.iter().all(|one| one.trouble().is_none());
        // A supervisor has its own limit for the end of a stopped server.
        if watchdog.is_some() && (live || STOPPING.load(Ordering::Relaxed)) {
            send(&[Watchdog]);
        }
        drop(servers);
        park_timeout(every);
    }
}

fn status(servers: &[Arc<ServerHealth>]) -> String {
    let mut reasons: Vec<_> = servers.iter().flat_map(|one| one.reasons_not_ready()).collect();
    reasons.sort();
    reasons.dedup();
    if reasons.is_empty() { "serving, no alarms".to_owned() } else { reasons.join("; ") }
}

/// Sends a notification. If the supervisor does not listen, no message can reach it.
fn send(state: &[sd_notify::NotifyState<'_>]) {
    _ = notify(state);
}
