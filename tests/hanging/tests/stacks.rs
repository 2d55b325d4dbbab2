//! Where it hangs: the record of a handler that is late, or that blocks its thread, names the line. Seen from
//! outside, over sockets, with the program of this package as the server.

#[path = "../../common/mod.rs"]
mod common;

use std::time::{Duration, Instant};

use serde_json::Value;

use common::faults::Faults;
use common::{PATIENCE, eventually, run};

const SOURCE: &str = include_str!("../src/main.rs");
const FILE: &str = "src/main.rs";

/// The places in the service that a record of this route has to name.
fn places(route: &str) -> Vec<String> {
    let (mark, before) =
        (format!("// hangs: {route}"), format!("// hangs in the next line: {route}"));
    let lines = SOURCE.lines().enumerate();
    let marked = lines.filter_map(|(index, line)| {
        if line.ends_with(&mark) {
            Some(index + 1)
        } else {
            line.ends_with(&before).then_some(index + 2)
        }
    });
    let places: Vec<_> = marked.map(|line| format!("{FILE}:{line}:")).collect();
    assert!(!places.is_empty(), "nothing in {FILE} is marked with {mark}");
    places
}

/// Starts the service and has it read its symbols: on a busy machine that takes longer than a handler may.
async fn start() -> Faults {
    let service = Faults::program(env!("CARGO_BIN_EXE_hanging"), &["127.0.0.1:0"]);
    hang(&service, "warm-up").await;
    eventually("the first stack", || service.recorded("timeout-stack") > 0).await;
    service
}

/// Returns the record of a request under this fault, as soon as it is on stderr.
async fn record(service: &Faults, request: &str, fault: &str) -> Value {
    let mut found = None;
    eventually(&format!("a record `{fault}` of {request}"), || {
        found = service.records_of(request).into_iter().find(|record| record["fault"] == fault);
        found.is_some()
    })
    .await;
    found.expect("it was found")
}

/// Asks for a route that hangs, and returns the request's id.
async fn hang(service: &Faults, route: &str) -> String {
    let reply = service.get(&format!("/{route}")).await;
    assert!([503, 504].contains(&reply.status.as_u16()), "{route}: {}", reply.status);
    reply.header("x-request-id").to_owned()
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

/// The stack has all of these, in this order.
fn assert_in_order(record: &Value, parts: &[&str]) {
    let stack = text(record, "stack");
    let mut rest = stack;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("no `{part}` in its place in {record:#}");
        };
        rest = after;
    }
}

#[test]
fn a_late_handler_is_recorded_with_the_line_of_its_await() {
    run(async {
        let service = start().await;
        for (route, leaf) in [
            ("sleep", "tokio::time::sleep"),
            ("oneshot", "tokio::sync::oneshot"),
            ("mpsc", "tokio::sync::mpsc"),
            ("mutex", "tokio::sync::mutex"),
            ("nested", "tokio::time::sleep"),
            ("boxed", "tokio::sync::oneshot"),
            ("stream", "tokio_stream"),
            ("actor", "the answer of an actor"),
            ("extractor", "tokio::time::sleep"),
        ] {
            let request = hang(&service, route).await;
            assert_eq!(
                record(&service, &request, "timeout").await["route"],
                format!("GET /{route}")
            );
            let record = record(&service, &request, "timeout-stack").await;
            let places = places(route);
            let mut parts: Vec<_> = places.iter().map(String::as_str).collect();
            if route == "boxed" {
                // The block stands before the line that awaits it.
                parts.reverse();
            }
            parts.push(leaf);
            assert_in_order(&record, &parts);
            let innermost = parts[parts.len() - 2];
            assert!(text(&record, "location").starts_with(innermost), "{record:#}");
            assert!(text(&record, "message").contains(leaf), "{record:#}");
            // Neither the guard nor the runtime.
            for inside in ["oserver-runtime/", "oserver_runtime", "/rustc/", "worker"] {
                assert!(!text(&record, "stack").contains(inside), "{record:#}");
            }
        }
    });
}

#[test]
fn each_branch_of_join_and_select_is_recorded() {
    run(async {
        let service = start().await;
        for route in ["join", "select"] {
            let request = hang(&service, route).await;
            let record = record(&service, &request, "timeout-stack").await;
            let stack = text(&record, "stack");
            for place in places(route) {
                assert!(stack.contains(&place), "{place}: {record:#}");
            }
            for leaf in ["tokio::time::sleep", "tokio::sync::oneshot"] {
                assert!(stack.contains(leaf), "{leaf}: {record:#}");
            }
            assert!(stack.contains("branch 2 of 2"), "{record:#}");
        }
    });
}

#[test]
fn a_future_that_keeps_no_waker_is_said_to() {
    run(async {
        let service = start().await;
        let request = hang(&service, "pending").await;
        let record = record(&service, &request, "timeout-stack").await;
        assert!(text(&record, "message").contains("keeps no waker"), "{record:#}");
    });
}

#[test]
fn a_handler_that_ends_in_the_poll_that_looks_is_late_all_the_same() {
    run(async {
        let service = start().await;
        let finished = hang(&service, "finishes-late").await;
        eventually("its record", || service.kinds(&finished) == ["timeout"]).await;
        let panicked = hang(&service, "panics-late").await;
        eventually("both records", || service.kinds(&panicked) == ["timeout", "panic"]).await;
        assert_eq!(service.get("/ok").await.text(), "ok");
    });
}

#[test]
fn an_actor_that_is_late_is_recorded_with_its_line() {
    run(async {
        let service = start().await;
        hang(&service, "actor-overruns").await;
        let mut found = None;
        eventually("the stack of the actor", || {
            found = service.records().into_iter().find(|record| {
                record["fault"] == "actor-timeout-stack" && record["command"] == "wait"
            });
            found.is_some()
        })
        .await;
        let record = found.expect("it was found");
        assert_in_order(&record, &[&places("actor-overruns")[0], "tokio::time::sleep"]);
        assert_eq!(record["actor"], "Slow", "{record:#}");
    });
}

/// Route, and what the record says that its thread does.
const BLOCKED: [(&str, &str); 8] = [
    ("thread-sleep", "sleeps (clock_nanosleep)"),
    ("std-mutex", "waits for a lock or condition (futex)"),
    ("condvar", "waits for a lock or condition (futex)"),
    ("read", "reads from a pipe (read, file descriptor "),
    ("block-on", "waits for a lock or condition (futex)"),
    ("busy", "computes: "),
    ("recv", "waits for a lock or condition (futex)"),
    ("c-call", "sleeps (clock_nanosleep)"),
];

#[test]
#[cfg(target_os = "linux")]
fn a_blocked_thread_is_recorded_with_what_it_does_and_its_line() {
    run(async {
        let service = start().await;
        for (route, words) in BLOCKED {
            let request = hang(&service, route).await;
            let blocked = record(&service, &request, "blocked").await;
            assert!(text(&blocked, "activity").starts_with(words), "{blocked:#}");
            let record = record(&service, &request, "blocked-stack").await;
            let places = places(route);
            let is_named = |field| places.iter().any(|place| text(&record, field).contains(place));
            assert!(is_named("stack"), "{record:#}");
            assert!(is_named("location"), "{record:#}");
            assert!(!text(&record, "stack").contains("oserver-runtime/"), "{record:#}");
        }
        // They are blocked still, and each has its stack.
        let status = service.ask("/status.json").await.json();
        let threads = status["blocked"].as_array().expect("it is a list");
        for (route, words) in BLOCKED {
            let is_of = |thread: &&Value| thread["route"] == format!("GET /{route}");
            let thread = threads.iter().find(is_of).unwrap_or_else(|| panic!("no {route}"));
            assert!(text(thread, "activity").starts_with(words), "{thread:#}");
            assert!(places(route).iter().any(|place| text(thread, "stack").contains(place)));
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn an_actor_that_blocks_is_recorded_with_its_line() {
    run(async {
        let service = start().await;
        hang(&service, "actor-blocks").await;
        for (fault, field, part) in [
            ("actor-blocked", "activity", "sleeps (clock_nanosleep)".to_owned()),
            ("actor-blocked-stack", "stack", places("actor-blocks")[0].clone()),
        ] {
            let begin = Instant::now();
            while !service.records().iter().any(|record| {
                record["fault"] == fault
                    && record["command"] == "block"
                    && text(record, field).contains(&part)
            }) {
                assert!(begin.elapsed() < PATIENCE, "{:#?}", service.records());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    });
}

#[test]
fn the_status_and_the_callback_have_the_last_stack() {
    run(async {
        let service = start().await;
        let request = hang(&service, "sleep").await;
        record(&service, &request, "timeout-stack").await;
        let place = &places("sleep")[0];
        let status = service.ask("/status.json").await.json();
        let routes = status["routes"].as_array().expect("it is a list");
        let route =
            routes.iter().find(|route| route["route"] == "GET /sleep").expect("it is there");
        let last = &route["last_timeout"];
        assert!(text(last, "stack").contains(place), "{route:#}");
        assert_eq!(text(last, "request_id"), request);
        // The callback waits for the symbols.
        eventually("the callback", || {
            service.records().iter().any(|record| {
                let seen = text(record, "message");
                seen.contains("seen_by_on_fault") && seen.contains(&request) && seen.contains(place)
            })
        })
        .await;
    });
}

#[test]
fn a_place_is_recorded_once_a_minute_and_a_healthy_route_never() {
    run(async {
        let service = start().await;
        let first = hang(&service, "sleep").await;
        record(&service, &first, "timeout-stack").await;
        for _ in 0..3 {
            hang(&service, "sleep").await;
            assert_eq!(service.get("/ok").await.text(), "ok");
        }
        // Another place of the recorder's thread is later than those.
        let last = hang(&service, "oneshot").await;
        record(&service, &last, "timeout-stack").await;
        assert_eq!(service.recorded("timeout-stack"), 3, "that of the start among them");
    });
}
