//! The `metrics` facade is told what the documentation says, and the same as `/metrics`.

#![allow(unreachable_pub, reason = "commands are public methods")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{TestServer, eventually, run};
use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use oserver::Router;
use oserver::routing::get;

/// The values and descriptions that a recorder received, by name and labels.
#[derive(Clone, Default)]
struct Told {
    values: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
    described: Arc<Mutex<BTreeSet<String>>>,
}

/// How many values, and their sum in microseconds.
struct Sum(Arc<AtomicU64>, Arc<AtomicU64>);

impl HistogramFn for Sum {
    fn record(&self, value: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
        self.1.fetch_add((value * 1e6) as u64, Ordering::Relaxed);
    }
}

impl Told {
    fn value(&self, key: &Key, more: &str) -> Arc<AtomicU64> {
        let labels: Vec<_> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let name = format!("{}{more}{{{}}}", key.name(), labels.join(","));
        Arc::clone(self.values.lock().expect("no panic").entry(name).or_default())
    }

    fn get(&self, name: &str) -> u64 {
        let values = self.values.lock().expect("no panic");
        values.get(name).map_or(0, |value| value.load(Ordering::Relaxed))
    }

    fn gauge(&self, name: &str) -> f64 {
        f64::from_bits(self.get(name))
    }

    fn describe(&self, name: &KeyName) {
        self.described.lock().expect("no panic").insert(name.as_str().to_owned());
    }
}

impl Recorder for Told {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.value(key, ""))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.value(key, ""))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Sum(self.value(key, "_count"), self.value(key, "_sum"))))
    }
}

#[oserver::handler]
async fn ok() -> &'static str {
    "fine"
}

#[oserver::handler]
async fn broken() -> &'static str {
    panic!("as it was asked to")
}

#[oserver::handler]
async fn slow() -> &'static str {
    tokio::time::sleep(SLOW).await;
    "slow"
}

const SLOW: Duration = Duration::from_millis(200);

#[derive(Default)]
struct Tally(u64);

#[oserver::actor]
impl Tally {
    pub fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    pub fn panic(&mut self) {
        panic!("as it was asked to");
    }
}

/// The names in the documentation.
fn documented() -> BTreeSet<String> {
    let text = include_str!("../docs/reference.md");
    let rows = text.lines().filter(|line| line.starts_with("| `oserver_"));
    let names = rows.flat_map(|line| line.split('|').nth(1).expect("a cell").split('`'));
    names.filter(|name| name.starts_with("oserver_")).map(str::to_owned).collect()
}

#[test]
fn the_facade_gets_what_is_documented() {
    run(async {
        let told = Told::default();
        metrics::set_global_recorder(told.clone()).expect("the first");
        let routes = Router::new()
            .route("/ok", get(ok))
            .route("/broken", get(broken))
            .route("/slow", get(slow));
        let server = TestServer::start(routes).await;
        let mut client = server.connect().await;
        for _ in 0..5 {
            client.get("/ok").await;
            client.get("/broken").await;
        }
        let begin = Instant::now();
        client.get("/slow").await;
        let longest = begin.elapsed();
        let actor = oserver::Supervisor::new().name("tally").supervise(Tally::default);
        assert_eq!(actor.add().await, Ok(1));
        assert_eq!(actor.panic().await, Err(oserver::CallError::Restarted));
        assert_eq!(actor.add().await, Ok(1));
        eventually("the counts", || {
            told.get("oserver_requests_total{route=GET /ok,status=2xx}") == 5
                && told.get("oserver_requests_total{route=GET /broken,status=5xx}") == 5
                && told.get("oserver_faults_total{route=GET /broken,kind=panic}") == 5
                && told.get("oserver_request_duration_seconds_count{route=GET /ok}") == 5
                && told.get("oserver_request_duration_seconds_count{route=GET /slow}") == 1
                && told.get("oserver_actor_restarts_total{actor=tally}") == 1
                && told.get("oserver_actor_calls_total{actor=tally,result=answered}") == 2
                && told.get("oserver_actor_calls_total{actor=tally,result=restarted}") == 1
                && told.gauge("oserver_actor_running{actor=tally}") == 1.0
        })
        .await;
        let slow = told.get("oserver_request_duration_seconds_sum{route=GET /slow}");
        let slow = Duration::from_micros(slow);
        // The middle of a part of the histogram.
        assert!((SLOW / 2..longest * 5 / 2).contains(&slow), "{slow:?} of {longest:?}");
        assert_eq!(told.gauge("oserver_alarm{route=GET /broken}"), 1.0);
        assert_eq!(told.gauge("oserver_alarm{route=GET /ok}"), 0.0);
        assert_eq!((told.gauge("oserver_live{}"), told.gauge("oserver_ready{}")), (1.0, 0.0));
        // One that has ended is not running, and what it did stays done.
        drop(actor);
        eventually("its end", || told.gauge("oserver_actor_running{actor=tally}") == 0.0).await;
        assert_eq!(told.get("oserver_actor_calls_total{actor=tally,result=answered}"), 2);
        assert_eq!(*told.described.lock().expect("no panic"), documented());
    });
}

#[test]
fn the_text_has_what_is_documented() {
    run(async {
        let faults = Faults::start_with(&["--admin", "127.0.0.1:0"], &[]);
        let text = faults.ask("/metrics").await;
        let types = text.text().lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let names: BTreeSet<_> =
            types.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        assert_eq!(names, documented());
    });
}
