//! Health is what handlers did: alarms, readiness, callbacks, the public probe, and the counters.

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Client, PATIENCE, TestServer, eventually, run, run_for};
use oserver::extract::State;
use oserver::routing::get;
use oserver::{FaultKind, Router};

#[oserver::handler]
async fn ok() -> &'static str {
    "fine"
}

/// Panics until it is mended.
#[oserver::handler]
async fn fragile(State(mended): State<Arc<AtomicBool>>) -> &'static str {
    assert!(mended.load(Ordering::Relaxed), "broken");
    "mended"
}

#[oserver::handler]
async fn own_500() -> axum::http::StatusCode {
    axum::http::StatusCode::INTERNAL_SERVER_ERROR
}

#[oserver::handler]
async fn own_503() -> axum::http::StatusCode {
    axum::http::StatusCode::SERVICE_UNAVAILABLE
}

#[oserver::handler]
async fn not_found() -> axum::http::StatusCode {
    axum::http::StatusCode::NOT_FOUND
}

#[oserver::handler]
async fn slow() -> &'static str {
    tokio::time::sleep(SLOW).await;
    "slow"
}

const SLOW: Duration = Duration::from_millis(300);

/// Waits until it is mended.
#[oserver::handler]
async fn waits(State(mended): State<Arc<AtomicBool>>) -> &'static str {
    while !mended.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    "mended"
}

#[oserver::handler(timeout = "100ms")]
async fn block_once(State(mended): State<Arc<AtomicBool>>) -> &'static str {
    while !mended.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(5));
    }
    "mended"
}

/// Its second frame panics, until it is mended.
#[oserver::handler]
async fn body(State(mended): State<Arc<AtomicBool>>) -> axum::body::Body {
    let frames = tokio_stream::iter([1, 2]);
    axum::body::Body::from_stream(tokio_stream::StreamExt::map(frames, move |frame| {
        assert!(frame == 1 || mended.load(Ordering::Relaxed), "broken");
        Ok::<_, std::convert::Infallible>("frame")
    }))
}

fn app(mended: &Arc<AtomicBool>) -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/fragile", get(fragile))
        .route("/own-500", get(own_500))
        .route("/own-503", get(own_503))
        .route("/not-found", get(not_found))
        .route("/slow", get(slow))
        .route("/waits", get(waits))
        .route("/block", get(block_once))
        .route("/body", get(body))
        .route("/health", oserver::health())
        .with_state(Arc::clone(mended))
}

#[test]
fn a_broken_route_fails_the_probe_while_others_succeed_and_only_its_own_success_mends_it() {
    run(async {
        let mended = Arc::new(AtomicBool::new(false));
        let window = Duration::from_secs(2);
        let server =
            TestServer::start_with(app(&mended), |serve| serve.alarm_after(5, window)).await;
        let mut client = server.connect().await;
        assert_eq!(client.get("/health").await.json()["status"], "pass");
        // Five faults do it, if the machine has time for them within the window.
        let (begin, mut faults) = (Instant::now(), 0);
        let probe = loop {
            let probe = client.get("/health").await;
            if probe.status == 503 {
                break probe;
            }
            assert!(begin.elapsed() < PATIENCE, "every request fails, and the probe does not");
            assert_eq!(client.get("/fragile").await.status, 500);
            assert_eq!(client.get("/ok").await.status, 200);
            faults += 1;
        };
        assert!(faults >= 5, "it fails after {faults} faults");
        assert_eq!(probe.json()["status"], "fail");
        assert!(!probe.text().contains("fragile"), "the public probe tells nothing internal");
        assert!(server.route("GET /fragile").alarm);

        // Neither time nor other routes clear it.
        tokio::time::sleep(window + Duration::from_millis(100)).await;
        for _ in 0..20 {
            assert_eq!(client.get("/ok").await.status, 200);
        }
        assert_eq!(client.get("/health").await.status, 503);

        mended.store(true, Ordering::Relaxed);
        assert_eq!(client.get("/fragile").await.text(), "mended");
        assert_eq!(client.get("/health").await.status, 200);
        assert!(!server.route("GET /fragile").alarm);
    });
}

#[test]
fn a_success_clears_no_alarm_while_the_window_is_full() {
    run(async {
        let mended = Arc::new(AtomicBool::new(false));
        let server = TestServer::start_with(app(&mended), |serve| {
            serve.alarm_after(2, Duration::from_secs(600))
        })
        .await;
        let mut client = server.connect().await;
        client.get("/fragile").await;
        client.get("/fragile").await;
        mended.store(true, Ordering::Relaxed);
        for _ in 0..10 {
            assert_eq!(client.get("/fragile").await.status, 200);
        }
        assert!(server.route("GET /fragile").alarm, "it fails every now and then");
    });
}

#[test]
fn what_the_handler_answers_counts_and_what_says_nothing_of_it_does_not() {
    run(async {
        let mended = Arc::new(AtomicBool::new(true));
        let server = TestServer::start_with(app(&mended), |serve| {
            serve.alarm_after(3, Duration::from_secs(60))
        })
        .await;
        let mut client = server.connect().await;
        for _ in 0..3 {
            assert_eq!(client.get("/own-500").await.status, 500);
            assert_eq!(client.get("/own-503").await.status, 503);
            assert_eq!(client.get("/not-found").await.status, 404);
        }
        assert!(server.route("GET /own-500").alarm);
        assert!(!server.route("GET /own-503").alarm);
        assert!(!server.route("GET /not-found").alarm);
    });
}

#[test]
fn a_body_that_breaks_off_is_no_success() {
    run(async {
        let mended = Arc::new(AtomicBool::new(false));
        let server = TestServer::start_with(app(&mended), |serve| {
            serve.alarm_after(1, Duration::from_millis(50))
        })
        .await;
        let broken = || async {
            let mut client = server.connect().await;
            let head = client.send(hyper::Request::get("/body"), "").await.expect("a head");
            assert!(common::read(head).await.is_err());
        };
        broken().await;
        eventually("the alarm", || server.route("GET /body").alarm).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        broken().await;
        assert!(server.route("GET /body").alarm, "its head was 200");
        tokio::time::sleep(Duration::from_millis(100)).await;
        mended.store(true, Ordering::Relaxed);
        assert_eq!(server.get("/body").await.text(), "frameframe");
        eventually("the end of the alarm", || !server.route("GET /body").alarm).await;
    });
}

#[test]
fn a_lost_thread_raises_the_alarm_at_once() {
    run(async {
        let mended = Arc::new(AtomicBool::new(false));
        let server = TestServer::start(app(&mended)).await;
        assert_eq!(server.get("/block").await.status, 504);
        // A watchdog that saw it late takes the thread for lost a moment later.
        eventually("the alarm", || server.route("GET /block").alarm).await;
        let route = server.route("GET /block");
        assert_eq!((route.blocked, route.stuck), (1, 1));
        mended.store(true, Ordering::Relaxed);
        eventually("the thread comes back", || server.route("GET /block").stuck == 0).await;
        assert!(server.route("GET /block").alarm, "that alone is no success");
        // A request that a busy machine answers too late is none, either.
        let begin = Instant::now();
        while server.get("/block").await.text() != "mended" {
            assert!(begin.elapsed() < PATIENCE, "no request is in time");
        }
        assert!(!server.route("GET /block").alarm);
        // Ever, and now.
        assert_eq!(server.route("GET /block").blocked, 1);
    });
}

#[test]
fn callbacks_get_every_fault_and_both_ends_of_an_alarm_and_nobody_waits_for_them() {
    run(async {
        const WINDOW: Duration = Duration::from_secs(1);
        let mended = Arc::new(AtomicBool::new(false));
        let faults = Arc::new(Mutex::new(Vec::new()));
        let alarms = Arc::new(Mutex::new(Vec::new()));
        let (seen, heard) = (Arc::clone(&faults), Arc::clone(&alarms));
        let server = TestServer::start_with(app(&mended), move |serve| {
            serve
                .alarm_after(2, WINDOW)
                .on_fault(move |fault| {
                    seen.lock().expect("no panic with it").push(fault.clone());
                    // A callback that collects faults may be slow, or broken.
                    std::thread::sleep(Duration::from_millis(100));
                    panic!("a callback panicked, as it was asked to");
                })
                .on_alarm(move |alarm| heard.lock().expect("no panic").push(alarm.clone()))
        })
        .await;
        let mut client = server.connect().await;
        client.get("/fragile?secret=1").await;
        // Another one does it, if the machine has time for it within the window.
        let (begin, mut sent) = (Instant::now(), 1);
        while !server.route("GET /fragile").alarm {
            assert!(begin.elapsed() < PATIENCE, "every request fails, and there is no alarm");
            client.get("/fragile").await;
            sent += 1;
        }
        tokio::time::sleep(WINDOW + Duration::from_millis(50)).await;
        mended.store(true, Ordering::Relaxed);
        assert_eq!(client.get("/fragile").await.status, 200);
        eventually("both alarms", || alarms.lock().expect("no panic").len() == 2).await;
        eventually("each fault", || faults.lock().expect("no panic").len() == sent).await;
        let faults = faults.lock().expect("no panic");
        assert_eq!((faults[0].kind, &*faults[0].route), (FaultKind::Panic, "GET /fragile"));
        assert_eq!((&*faults[0].path, &*faults[0].message), ("/fragile", "broken"));
        assert_eq!(faults[0].handler.as_deref(), Some("health::fragile"));
        assert!(faults[0].location.as_ref().expect("a place").contains("health.rs"));
        let alarms: Vec<_> = alarms.lock().expect("no panic").iter().map(|a| a.raised).collect();
        assert_eq!(alarms, [true, false]);
    });
}

#[test]
fn a_storm_of_faults_pushes_out_no_alarm() {
    const STORM: usize = 3000;
    run(async {
        let mended = Arc::new(AtomicBool::new(false));
        let (released, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let alarms = Arc::new(Mutex::new(Vec::new()));
        let (release, told, heard) =
            (Arc::clone(&released), Arc::clone(&taken), Arc::clone(&alarms));
        let server = TestServer::start_with(app(&mended), move |serve| {
            serve
                .alarm_after(STORM as u32, Duration::from_secs(600))
                .on_fault(move |fault| {
                    // Where faults are collected nobody answers.
                    while !release.load(Ordering::SeqCst) {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    told.fetch_add(1 + fault.missed, Ordering::SeqCst);
                })
                .on_alarm(move |alarm| heard.lock().expect("no panic").push(alarm.clone()))
        })
        .await;
        let mut client = server.connect().await;
        for _ in 0..STORM {
            assert_eq!(client.get("/fragile").await.status, 500);
        }
        eventually("the alarm", || {
            let alarms = alarms.lock().expect("no panic");
            alarms.iter().any(|alarm| alarm.raised && alarm.route == "GET /fragile")
        })
        .await;
        // A further one says how many were left out.
        released.store(true, Ordering::SeqCst);
        let mut sent = STORM as u64;
        while taken.load(Ordering::SeqCst) < sent {
            assert_eq!(client.get("/fragile").await.status, 500);
            sent += 1;
        }
        eventually("all are told of", || taken.load(Ordering::SeqCst) == sent).await;
        assert_eq!(alarms.lock().expect("no panic").len(), 1);
    });
}

#[test]
fn requests_in_flight_status_classes_and_latencies_are_counted() {
    run(async {
        let mended = Arc::new(AtomicBool::new(false));
        let server = TestServer::start(app(&mended)).await;
        let mut waiting = server.connect().await;
        let waiting = tokio::spawn(async move { waiting.get("/waits").await.status });
        eventually("it is in flight", || {
            let routes = server.counts.routes();
            routes.iter().any(|route| route.route == "GET /waits" && route.in_flight == 1)
        })
        .await;
        mended.store(true, Ordering::Relaxed);
        assert_eq!(waiting.await.expect("no panic"), 200);
        assert_eq!(server.route("GET /waits").in_flight, 0);
        let mut client = server.connect().await;
        assert_eq!(client.get("/slow").await.status, 200);
        for (path, times) in [("/ok", 7), ("/not-found", 2), ("/own-500", 1)] {
            for _ in 0..times {
                client.get(path).await;
            }
        }
        assert_eq!(server.route("GET /slow").in_flight, 0);
        assert_eq!(server.route("GET /ok").statuses, [0, 7, 0, 0, 0]);
        assert_eq!(server.route("GET /not-found").statuses, [0, 0, 0, 2, 0]);
        assert_eq!(server.route("GET /own-500").statuses, [0, 0, 0, 0, 1]);
        let latencies = server.route("GET /slow").latencies;
        assert_eq!((latencies.count(), server.route("GET /ok").latencies.count()), (1, 7));
        assert!(latencies.sum() >= SLOW);
        // As exact as the histogram is.
        assert!(latencies.quantile(0.5).expect("one") >= SLOW * 5 / 6);
    });
}

#[test]
fn nothing_stays_in_flight_whatever_happens_to_requests() {
    run_for(3 * PATIENCE, async {
        let faults = common::faults::Faults::start_with(&["--admin", "127.0.0.1:0"], &[]);
        const PATHS: [&str; 7] = [
            "/ok",
            "/panic",
            "/await",
            "/block/1500",
            "/extractor-block",
            "/panic-body",
            "/nothing",
        ];
        let requests: Vec<_> = PATHS
            .iter()
            .flat_map(|path| [path; 5])
            .map(|path| {
                let address = faults.address;
                tokio::spawn(async move {
                    let mut client = Client::connect(address).await;
                    // Every other client goes away at once.
                    let patience =
                        Duration::from_millis(if path.len() % 2 == 0 { 3000 } else { 20 });
                    _ = tokio::time::timeout(patience, client.send(hyper::Request::get(*path), ""))
                        .await;
                })
            })
            .collect();
        for request in requests {
            request.await.expect("no panic");
        }
        let begin = std::time::Instant::now();
        loop {
            let status = faults.ask("/status.json").await.json();
            let routes = status["routes"].as_array().expect("routes");
            if routes.iter().all(|route| route["in_flight"] == 0) {
                break;
            }
            assert!(begin.elapsed() < PATIENCE, "{routes:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
}
