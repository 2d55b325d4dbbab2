//! A recorder of metrics that panics or blocks takes nothing else with it: in a process of its own, since
//! there is one recorder a process.

mod common;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{PATIENCE, TestServer, run};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use oserver::Router;

/// Panics, and later blocks for ever.
#[derive(Clone, Default)]
struct Bad(Arc<State>);

#[derive(Default)]
struct State {
    blocks: AtomicBool,
    panics: AtomicUsize,
    blocked: AtomicBool,
    threads: Mutex<Vec<String>>,
}

impl Bad {
    fn act(&self) {
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        self.0.threads.lock().expect("no panic with it").push(thread);
        if !self.0.blocks.load(Ordering::SeqCst) {
            self.0.panics.fetch_add(1, Ordering::SeqCst);
            panic!("the recorder panics, as it was asked to");
        }
        self.0.blocked.store(true, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }
}

impl Recorder for Bad {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        self.act();
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        self.act();
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        self.act();
        Histogram::noop()
    }
}

/// Without the runtime, which may be wedged.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what} did not happen in {PATIENCE:?}");
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_recorder_that_panics_or_blocks_does_not_stop_the_watchdog() {
    run(async {
        let bad = Bad::default();
        metrics::set_global_recorder(bad.clone()).expect("the first");
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        let soon = Duration::from_secs(2);
        let _server = TestServer::start_with(Router::new(), move |serve| {
            let serve = serve.live_timeout(soon).exit_after(soon);
            serve.on_unrecoverable(move || end.store(true, Ordering::SeqCst))
        })
        .await;
        wait_until("a telling after one that panicked", || bad.0.panics.load(Ordering::SeqCst) > 1);
        bad.0.blocks.store(true, Ordering::SeqCst);
        wait_until("a telling that blocks", || bad.0.blocked.load(Ordering::SeqCst));
        assert!(!ended.load(Ordering::SeqCst), "nothing is wrong with the runtime");
        // By what no guard sees.
        let release = Arc::new(AtomicBool::new(false));
        for _ in 0..tokio::runtime::Handle::current().metrics().num_workers() {
            let release = Arc::clone(&release);
            tokio::spawn(async move {
                while !release.load(Ordering::SeqCst) {
                    sleep(Duration::from_millis(5));
                }
            });
        }
        wait_until("the exit policy", || ended.load(Ordering::SeqCst));
        release.store(true, Ordering::SeqCst);
        let threads = bad.0.threads.lock().expect("no panic with it");
        let judges = ["oserver-watchdog", "oserver-canary"];
        assert!(!threads.iter().any(|thread| judges.contains(&&**thread)), "{threads:?}");
    });
}
