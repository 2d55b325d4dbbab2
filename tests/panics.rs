//! A panic anywhere in a request is that request's 500 and one record, and nothing else.

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use common::faults::Faults;
use common::{PATIENCE, TestServer, eventually, read, run};
use hyper::{Request, StatusCode};
use oserver::Router;
use oserver::response::{IntoResponse, Response};
use oserver::routing::get;
use serde_json::Value;

#[test]
fn a_thousand_panics_on_one_connection_are_a_thousand_500_and_counted_exactly() {
    run(async {
        let faults = Faults::start();
        let mut client = faults.connect().await;
        for _ in 0..1000 {
            // The client has one connection and makes no other.
            assert_eq!(client.get("/panic").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        }
        assert_eq!(client.get("/ok").await.status, StatusCode::OK);
        let counted = || -> u64 {
            let records = faults.records();
            let panics = records.iter().filter(|record| record["fault"] == "panic");
            panics.map(|record| record["suppressed"].as_u64().unwrap_or(1)).sum()
        };
        eventually("a record or a count of each panic", || counted() >= 1000).await;
        assert_eq!(counted(), 1000);
        let full = faults.records().iter().filter(|record| record["stage"] == "handler").count();
        assert!(full >= 20, "only {full} were written in full");
    });
}

#[oserver::handler]
async fn panic() -> &'static str {
    panic!("on purpose")
}

#[oserver::handler]
async fn ok() -> &'static str {
    "fine"
}

#[test]
fn a_thousand_panics_are_in_the_counters_of_their_route_and_of_no_other() {
    run(async {
        let server =
            TestServer::start(Router::new().route("/panic", get(panic)).route("/ok", get(ok)))
                .await;
        let mut client = server.connect().await;
        for _ in 0..1000 {
            assert_eq!(client.get("/panic").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        }
        assert_eq!(client.get("/ok").await.text(), "fine");
        let route = server.route("GET /panic");
        assert_eq!((route.requests, route.panics), (1000, 1000));
        let other = server.route("GET /ok");
        assert_eq!((other.requests, other.panics), (1, 0));
    });
}

#[test]
fn the_record_is_written_before_the_response_leaves() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let log = std::fs::File::create(&path).expect("a file");
        let faults = Faults::start_writing_to(log.into(), &[], &[]);
        let mut client = faults.connect().await;
        for number in 0..10 {
            let id = format!("before-{number}");
            client.request(Request::get("/panic").header("x-request-id", &id), "").await;
            // No waiting: it must be there.
            let written = std::fs::read_to_string(&path).expect("the log");
            assert!(written.contains(&format!("\"request_id\":\"{id}\"")), "{id}: {written}");
        }
    });
}

#[test]
fn the_record_says_what_happened() {
    run(async {
        let faults = Faults::start();
        let mut client = faults.connect().await;
        let request = Request::get("/panic?token=secret")
            .header("authorization", "Bearer secret")
            .header("cookie", "session=secret")
            .header("x-tag", "one")
            .header("x-tag", "two");
        let reply = client.request(request, "").await;
        let id = reply.header("x-request-id").to_owned();
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["request_id"], *id);
        assert_eq!(reply.json()["status"], 500);
        assert!(!reply.text().contains("asked to"), "the message is internal: {}", reply.text());
        let of = |fault: &str| {
            let mut records = faults.records_of(&id);
            records.retain(|record| record["fault"] == fault);
            records
        };
        eventually("a record and a backtrace", || {
            of("panic").len() + of("panic-backtrace").len() >= 2
        })
        .await;
        let (records, backtraces) = (of("panic"), of("panic-backtrace"));
        assert_eq!((records.len(), backtraces.len()), (1, 1));
        let record = &records[0];
        assert_eq!(record["message"], "the handler panicked, as it was asked to");
        assert_eq!((&record["level"], &record["stage"]), (&"ERROR".into(), &"handler".into()));
        assert_eq!(
            (&record["route"], &record["handler"]),
            (&"GET /panic".into(), &"faults::panic".into())
        );
        assert_eq!((&record["method"], &record["path"]), (&"GET".into(), &"/panic".into()));
        assert!(
            record["location"].as_str().unwrap().starts_with("examples/faults.rs:"),
            "{record}"
        );
        assert!(record["timestamp"].as_str().unwrap().ends_with('Z'), "{record}");
        assert!(record["connection_id"].is_u64(), "{record}");
        // Nobody has named a proxy, so what a client says of itself is only a header.
        assert_eq!(record["client"], "127.0.0.1", "{record}");
        let headers = &record["headers"];
        assert_eq!(headers["authorization"], "[redacted]");
        assert_eq!(headers["cookie"], "[redacted]");
        assert_eq!(headers["x-tag"], serde_json::json!(["one", "two"]));
        assert!(!record.to_string().contains("secret"), "{record}");
        assert!(
            backtraces[0]["backtrace"].as_str().unwrap().contains("faults::panic"),
            "{}",
            backtraces[0]
        );
    });
}

#[test]
fn a_panic_in_any_part_of_a_request_is_caught_and_named() {
    run(async {
        let faults = Faults::start();
        let mut client = faults.connect().await;
        for (path, stages) in [
            ("/panic", &["handler"][..]),
            ("/panic-payload", &["handler", "drop"]),
            ("/middleware-panic", &["service"]),
        ] {
            let reply = client.get(path).await;
            assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
            let id = reply.header("x-request-id").to_owned();
            let found = || -> Vec<Value> {
                let records = faults.records_of(&id);
                records.into_iter().filter(|record| record["fault"] == "panic").collect()
            };
            eventually("the records", || found().len() >= stages.len()).await;
            let found: Vec<_> = found().iter().map(|record| record["stage"].clone()).collect();
            assert_eq!(found, stages, "{path}");
        }
        // All of it on one connection, which goes on.
        assert_eq!(client.get("/ok").await.text(), "Hello, World!");
    });
}

#[test]
fn a_panic_in_a_body_breaks_the_response_off_and_is_recorded() {
    run(async {
        let faults = Faults::start();
        let response =
            faults.connect().await.send(Request::get("/panic-body"), "").await.expect("a head");
        assert_eq!(response.status(), StatusCode::OK);
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        read(response).await.expect_err("the body must not look whole");
        eventually("a record", || {
            faults.records_of(&id).iter().any(|record| record["stage"] == "body")
        })
        .await;
        let counts = faults.records().iter().fold(HashMap::new(), |mut counts, record| {
            *counts.entry(record["fault"].to_string()).or_insert(0) += 1;
            counts
        });
        // Not also as the error of a connection.
        assert_eq!(counts.get("\"connection-error\""), None, "{counts:?}");
    });
}

/// Panics in the drop of a future that was cancelled.
#[oserver::handler(timeout = "50ms")]
async fn panics_when_dropped() -> &'static str {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let _bomb = Bomb;
    std::future::pending().await
}

#[test]
fn a_panic_in_the_drop_of_a_cancelled_handler_does_not_cost_the_answer() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(panics_when_dropped))).await;
        let mut client = server.connect().await;
        let (begin, mut asked) = (Instant::now(), 0);
        // On a busy machine a handler's time may be over before it begins, and there is nothing to drop.
        while asked == 0 || server.route("GET /").panics < 2 {
            assert!(begin.elapsed() < PATIENCE, "{:?}", server.route("GET /"));
            assert_eq!(client.get("/").await.status, StatusCode::GATEWAY_TIMEOUT);
            asked += 1;
        }
        let route = server.route("GET /");
        assert_eq!((route.requests, route.panics, route.timeouts), (asked, 2, asked));
    });
}

/// A service whose readiness panics.
#[derive(Clone)]
struct NeverReady;

impl tower::Service<oserver::Request> for NeverReady {
    type Response = oserver::response::Response;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        panic!("poll_ready")
    }

    fn call(&mut self, _: oserver::Request) -> Self::Future {
        unreachable!("it is never ready")
    }
}

#[test]
fn a_panic_in_poll_ready_is_a_500() {
    run(async {
        let server = TestServer::start(NeverReady).await;
        let mut client = server.connect().await;
        assert_eq!(client.get("/").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(client.get("/").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    });
}

/// An app that panics at every second clone.
struct Uncloneable(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Clone for Uncloneable {
    fn clone(&self) -> Self {
        let clones = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        assert!(clones.is_multiple_of(2), "the app panicked when it was cloned");
        Self(std::sync::Arc::clone(&self.0))
    }
}

impl tower::Service<oserver::Request> for Uncloneable {
    type Response = &'static str;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<&'static str, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: oserver::Request) -> Self::Future {
        std::future::ready(Ok("cloned"))
    }
}

#[test]
fn an_app_that_panics_when_it_is_cloned_does_not_end_the_server() {
    run(async {
        let server = TestServer::start(Uncloneable(std::sync::Arc::default())).await;
        // Cloned for the connection, and then, in vain, for its request task.
        let reply = server.get("/").await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        let mut client = server.connect().await;
        assert_eq!(client.get("/").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(server.counts.routes().iter().map(|route| route.panics).sum::<u64>(), 2);
    });
}

#[oserver::handler]
async fn catches_its_own() -> &'static str {
    _ = std::panic::catch_unwind(|| panic!("caught by the handler"));
    "went on"
}

#[test]
fn a_panic_that_the_handler_catches_itself_is_counted_too() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(catches_its_own))).await;
        assert_eq!(server.get("/").await.text(), "went on");
        assert_eq!(server.route("GET /").panics, 1);
    });
}

#[oserver::handler]
fn panics_without_async() -> &'static str {
    panic!("on a blocking thread")
}

#[test]
fn a_panic_in_a_handler_without_async_is_a_500_and_counted_once() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(panics_without_async))).await;
        assert_eq!(server.get("/").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(server.route("GET /").panics, 1);
    });
}

#[test]
fn a_handler_called_as_a_function_is_guarded_too() {
    run(async {
        assert_eq!(panic().await.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(panics_without_async().await.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(ok().await.text().await.unwrap(), "fine");
    });
}

/// Its drop panics.
#[derive(Clone)]
struct Fragile(#[allow(dead_code, reason = "only its drop matters")] Arc<FragileInside>);

struct FragileInside;

impl Drop for FragileInside {
    fn drop(&mut self) {
        panic!("a response's extension panicked in its drop");
    }
}

#[oserver::handler]
async fn fragile_extension() -> Response {
    let mut response = "whole".into_response();
    response.extensions_mut().insert(Fragile(Arc::new(FragileInside)));
    response
}

#[test]
fn a_response_is_sent_though_its_extension_panics_when_it_is_dropped() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(fragile_extension))).await;
        let mut client = server.connect().await;
        assert_eq!(client.get("/").await.text(), "whole");
        assert_eq!(server.route("GET /").panics, 1);
        assert_eq!(client.get("/").await.text(), "whole");
    });
}

#[derive(Debug)]
struct FragileError {
    in_display: bool,
}

impl std::fmt::Display for FragileError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        assert!(!self.in_display, "an error panicked when it was shown");
        formatter.write_str("fragile")
    }
}

impl std::error::Error for FragileError {}

impl Drop for FragileError {
    fn drop(&mut self) {
        assert!(self.in_display, "an error panicked when it was dropped");
    }
}

fn breaks_with(in_display: bool) -> Body {
    let frames = [Ok("one"), Ok("two"), Err(FragileError { in_display })];
    Body::from_stream(tokio_stream::iter(frames))
}

#[oserver::handler]
async fn error_that_cannot_be_shown() -> Body {
    breaks_with(true)
}

#[oserver::handler]
async fn error_that_cannot_be_dropped() -> Body {
    breaks_with(false)
}

#[test]
fn a_panic_of_a_bodys_error_is_counted() {
    run(async {
        let router = Router::new()
            .route("/shown", get(error_that_cannot_be_shown))
            .route("/dropped", get(error_that_cannot_be_dropped));
        let server = TestServer::start(router).await;
        for (path, errors) in [("/shown", 0), ("/dropped", 1)] {
            let mut client = server.connect().await;
            let response = client.send(Request::get(path), "").await.expect("a head");
            read(response).await.expect_err("it broke off");
            let counts = || server.route(&format!("GET {path}"));
            eventually("it is counted", || counts().panics == 1).await;
            assert_eq!(counts().errors, errors);
        }
    });
}

/// More places than backtraces may wait.
#[rustfmt::skip]
const PLACES: [fn(); 90] = [
    || panic!("0"), || panic!("1"), || panic!("2"), || panic!("3"), || panic!("4"), || panic!("5"), || panic!("6"), || panic!("7"), || panic!("8"), || panic!("9"),
    || panic!("10"), || panic!("11"), || panic!("12"), || panic!("13"), || panic!("14"), || panic!("15"), || panic!("16"), || panic!("17"), || panic!("18"), || panic!("19"),
    || panic!("20"), || panic!("21"), || panic!("22"), || panic!("23"), || panic!("24"), || panic!("25"), || panic!("26"), || panic!("27"), || panic!("28"), || panic!("29"),
    || panic!("30"), || panic!("31"), || panic!("32"), || panic!("33"), || panic!("34"), || panic!("35"), || panic!("36"), || panic!("37"), || panic!("38"), || panic!("39"),
    || panic!("40"), || panic!("41"), || panic!("42"), || panic!("43"), || panic!("44"), || panic!("45"), || panic!("46"), || panic!("47"), || panic!("48"), || panic!("49"),
    || panic!("50"), || panic!("51"), || panic!("52"), || panic!("53"), || panic!("54"), || panic!("55"), || panic!("56"), || panic!("57"), || panic!("58"), || panic!("59"),
    || panic!("60"), || panic!("61"), || panic!("62"), || panic!("63"), || panic!("64"), || panic!("65"), || panic!("66"), || panic!("67"), || panic!("68"), || panic!("69"),
    || panic!("70"), || panic!("71"), || panic!("72"), || panic!("73"), || panic!("74"), || panic!("75"), || panic!("76"), || panic!("77"), || panic!("78"), || panic!("79"),
    || panic!("80"), || panic!("81"), || panic!("82"), || panic!("83"), || panic!("84"), || panic!("85"), || panic!("86"), || panic!("87"), || panic!("88"), || panic!("89"),
];

#[oserver::handler]
async fn panics_in_many_places() -> &'static str {
    for place in PLACES {
        _ = std::panic::catch_unwind(place);
    }
    for _ in 0..200 {
        _ = std::panic::catch_unwind(PLACES[0]);
    }
    "done"
}

#[test]
#[ignore = "started by the test below, in a process of its own"]
fn panics_in_many_places_at_once() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(panics_in_many_places))).await;
        let mut client = server.connect().await;
        for _ in 0..3 {
            assert_eq!(client.get("/").await.text(), "done");
            // Until the second in which the next are counted.
            tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        }
        assert_eq!(server.route("GET /").panics, 3 * 290);
        // Until the other process has read all that it waits for.
        let read = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        tokio::task::spawn_blocking(read).await.expect("no panic").expect("it ends");
    });
}

/// The thread that sums up had no room for the word that there is something to sum up.
#[test]
fn what_is_not_written_in_full_is_summed_up_also_while_many_backtraces_wait() {
    let mut process = std::process::Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "panics_in_many_places_at_once", "--ignored", "--nocapture"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = process.stdin.take();
    let (mut counted, mut lines) = (0, Vec::new());
    // It ends by itself where a sum never comes.
    for line in BufReader::new(process.stderr.take().expect("piped")).lines() {
        let line = line.expect("text");
        if let Ok(record) = serde_json::from_str::<Value>(&line)
            && record["fault"] == "panic"
        {
            counted += record["suppressed"].as_u64().unwrap_or(1);
        }
        lines.push(line);
        if counted >= 3 * 290 {
            drop(stdin.take());
        }
    }
    assert!(process.wait().expect("it is ours").success(), "{lines:#?}");
    assert_eq!(counted, 3 * 290);
}
