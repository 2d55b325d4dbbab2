//! A handler that computes for long below its deadline: its thread goes on at low priority, so that all others are
//! served beside it. Nothing else happens to it.
#![cfg(target_os = "linux")]

mod common;

use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{PATIENCE, TestServer, run};
use hyper::StatusCode;
use oserver::Router;
use oserver::routing::get;

/// The niceness of the calling thread (proc_pid_stat(5), field 19).
fn niceness() -> i32 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("readable");
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let nice = fields.split_ascii_whitespace().nth(16).expect("a niceness");
    nice.parse().expect("a number")
}

/// Computes until its thread has another niceness; says both.
#[oserver::handler(timeout = "120s")]
async fn computes() -> Result<String, StatusCode> {
    let (begin, before) = (Instant::now(), niceness());
    while niceness() == before {
        if begin.elapsed() > PATIENCE {
            return Err(StatusCode::EXPECTATION_FAILED);
        }
        for _ in 0..100_000 {
            std::hint::spin_loop();
        }
    }
    Ok(format!("{before} {}", niceness()))
}

#[oserver::handler]
async fn before() -> String {
    niceness().to_string()
}

/// Holds its thread, and computes nothing.
#[oserver::handler]
async fn sleeps() {
    std::thread::sleep(Duration::from_millis(300));
}

/// `nice -n 19 cargo test`: there is nothing to be taken away.
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn has_priority() -> bool {
    let has = niceness() < 15;
    if !has {
        eprintln!("SKIPPED: these tests have low priority, and so has all that they start");
    }
    has
}

#[test]
fn a_handler_that_computes_below_its_deadline_goes_on_at_low_priority_and_answers() {
    if !has_priority() {
        return;
    }
    run(async {
        let own = niceness();
        let router = Router::new().route("/computes", get(computes)).route("/before", get(before));
        let server = TestServer::start(router).await;
        // One after the other: on a worker at first, then on overflow threads.
        for _ in 0..4 {
            let reply = server.get("/computes").await;
            assert_eq!(reply.status, StatusCode::OK, "its thread kept its priority");
            assert_eq!(reply.text(), format!("{own} {}", own + 15));
        }
        let route = server.route("GET /computes");
        assert_eq!((route.requests, route.faults(), route.blocked), (4, 0, 0), "{route:?}");
        assert!(!route.breaker_open && !route.alarm, "{route:?}");
        assert!(route.cpu_time >= Duration::from_millis(4 * 10), "{route:?}");
        assert!(route.longest_poll >= Duration::from_millis(10), "{route:?}");
        // A thread that polls for others has the priority that all have.
        for _ in 0..50 {
            assert_eq!(server.get("/before").await.text(), own.to_string());
        }
    });
}

#[test]
fn a_poll_that_holds_its_thread_without_computing_is_a_long_one() {
    run(async {
        let server = TestServer::start(Router::new().route("/sleeps", get(sleeps))).await;
        assert_eq!(server.get("/sleeps").await.status, StatusCode::OK);
        let route = server.route("GET /sleeps");
        assert!(route.longest_poll >= Duration::from_millis(100), "{route:?}");
        assert!(route.cpu_time < route.longest_poll, "{route:?}");
    });
}

#[test]
fn the_admin_service_tells_which_route_computes() {
    run(async {
        let faults = Faults::start_with(&["--admin", "127.0.0.1:0", "--timeout", "60s"], &[]);
        assert_eq!(faults.get("/spin/300").await.status, StatusCode::OK);
        assert_eq!(faults.get("/ok").await.status, StatusCode::OK);
        let status = faults.ask("/status.json").await.json();
        let routes = status["routes"].as_array().expect("routes");
        let of = |name: &str| routes.iter().find(|route| route["route"] == name).expect("seen");
        let (spin, ok) = (of("GET /spin/{ms}"), of("GET /ok"));
        assert!(spin["longest_poll_ms"].as_f64() >= Some(100.0), "{spin}");
        assert!(spin["cpu_seconds"].as_f64() > Some(0.0), "{spin}");
        assert!(ok["longest_poll_ms"].as_f64() < spin["longest_poll_ms"].as_f64(), "{ok}");
        let metrics = faults.ask("/metrics").await;
        for name in ["oserver_cpu_seconds_total", "oserver_longest_poll_seconds"] {
            let line = format!("{name}{{route=\"GET /spin/{{ms}}\"}} ");
            let value = metrics.text().lines().find_map(|other| other.strip_prefix(&*line));
            let value = value.and_then(|value| value.parse::<f64>().ok());
            assert!(value > Some(0.0), "{line}\n{}", metrics.text());
        }
    });
}
