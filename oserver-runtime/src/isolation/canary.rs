//! The canary: one poll and one timer a second through the real admission path, judged from a thread
//! of its own.
//!
//! What handlers do is seen by the watchdog. The canary sees what is left: code that nobody guards,
//! as in `tokio::spawn`, and that holds every worker.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, Thread, park_timeout};
use std::time::{Duration, Instant};

use axum::extract::Request;
use http::HeaderMap;

use super::bulkhead::Bulkhead;
use super::disposal::judge_from_here;
use super::isolated;
use crate::health::runtime::Trouble;
use crate::health::server::ServerHealth;
use crate::record::fault;
use crate::request::call::Call;
use crate::request::connection::OpenConnection;
use crate::request::head::Head;
use crate::request::id::RequestId;
use crate::request::network::NetworkLimits;
use crate::request::server::{DEFAULT_TIMEOUT, ServerContext};

/// How long the canary rests between two flights.
const EVERY: Duration = Duration::from_secs(1);
/// How often its judge looks. A look that comes late counts as one that comes twice as late at most:
/// a process that was stopped for a while is not wedged.
const LOOK: Duration = Duration::from_millis(50);
/// How long it waits for a timer.
const WAIT: Duration = Duration::from_millis(1);

/// How long is too long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From then on the runtime is not live.
    pub(crate) live: Duration,
    /// And so much later it is unrecoverable; `None` is never.
    pub(crate) exit: Option<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self { live: Duration::from_secs(5), exit: Some(Duration::from_secs(10)) }
    }
}

/// The patience of a runtime: that of the server which was started last.
pub(crate) type SharedPatience = Mutex<Patience>;

/// Starts canary and judge of a bulkhead. They end with it.
pub(super) fn start(bulkhead: &Arc<Bulkhead>) -> std::io::Result<()> {
    let weak = Arc::downgrade(bulkhead);
    thread::Builder::new().name("oserver-canary".into()).spawn(move || judge(&weak))?;
    Ok(())
}

fn judge(bulkhead: &Weak<Bulkhead>) {
    judge_from_here();
    let health = ServerHealth::of_nobody();
    let (network, timeout) = (NetworkLimits::default(), Some(DEFAULT_TIMEOUT));
    let server = Arc::new(ServerContext::new(Arc::new(health), timeout, 1, false, network));
    while let Some(bulkhead) = bulkhead.upgrade() {
        // A runtime without servers may be one that nobody drives.
        if bulkhead.repair.has_servers() {
            let flight = Flight::start(&bulkhead, &server);
            await_landing(bulkhead, &flight);
        } else {
            drop(bulkhead);
        }
        park_timeout(EVERY);
    }
}

/// Watches one flight to its end.
fn await_landing(bulkhead: Arc<Bulkhead>, flight: &Flight) {
    let health = Arc::clone(&bulkhead.health);
    let (weak, mut bulkhead) = (Arc::downgrade(&bulkhead), Some(bulkhead));
    let mut away = Duration::ZERO;
    while !flight.landed.load(Ordering::Acquire) {
        // The judge must not be what keeps the bulkhead there.
        bulkhead = None;
        let begin = Instant::now();
        park_timeout(LOOK);
        away += begin.elapsed().min(2 * LOOK);
        let Some(bulkhead) = weak.upgrade() else { return };
        if !bulkhead.repair.has_servers() {
            continue;
        }
        let patience = *bulkhead.patience.lock().unwrap_or_else(PoisonError::into_inner);
        // Where it stands in the queue of the overflow threads, that is overload; and there it can be for
        // as long as the handlers before it may take.
        let queues = away > patience.live && bulkhead.has_waiting(&flight.call);
        let more = if queues { DEFAULT_TIMEOUT } else { Duration::ZERO };
        let live = patience.live.saturating_add(more);
        if away > live {
            if health.set_overdue(away) {
                fault::wedged(Trouble::Wedged(away));
            }
            if patience.exit.is_some_and(|exit| away > live.saturating_add(exit)) {
                bulkhead.repair.give_up(&bulkhead, Trouble::Wedged(away));
            }
        }
    }
    drop(bulkhead);
    if health.came_back() {
        fault::recovered();
    }
}

/// One flight of the canary.
struct Flight {
    call: Arc<Call>,
    landed: Arc<AtomicBool>,
}

impl Flight {
    fn start(bulkhead: &Arc<Bulkhead>, server: &Arc<ServerContext>) -> Self {
        let open = OpenConnection::new(Arc::clone(server));
        let (parts, ()) = Request::new(()).into_parts();
        let id = RequestId::outside_of_a_server(&HeaderMap::new());
        let connection = Arc::clone(open.context());
        let call = Call::new(Arc::clone(server), connection, id, Head::copy(&parts));
        let flight = Self { call: Arc::new(call), landed: Arc::default() };
        let landing = flight.landing();
        let _entered = bulkhead.handle().enter();
        isolated::spawn(&flight.call, bulkhead, async move {
            tokio::time::sleep(WAIT).await;
            drop(landing);
        });
        flight
    }

    /// Also one that is turned away has landed: there is somebody to turn it away.
    fn landing(&self) -> Landing {
        Landing { landed: Arc::clone(&self.landed), judge: thread::current() }
    }
}

struct Landing {
    landed: Arc<AtomicBool>,
    judge: Thread,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.landed.store(true, Ordering::Release);
        self.judge.unpark();
    }
}
