//! The admin service, from outside: probes, who may ask, metrics, and that it answers when nothing else
//! does.

mod common;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{Client, PATIENCE, TestServer, eventually, run, run_for, tools};
use hyper::Request;
use oserver::extract::State;
use oserver::routing::get;
use serde_json::Value;

const ADMIN: [&str; 2] = ["--admin", "127.0.0.1:0"];

#[test]
fn a_broken_route_fails_readiness_and_not_liveness() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        faults.ask_until("/readyz", 200).await;
        let begin = Instant::now();
        for _ in 0..5 {
            assert_eq!(faults.get("/panic").await.status, 500);
            assert_eq!(faults.get("/ok").await.status, 200);
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "the window of the alarm");
        let ready = faults.ask("/readyz").await;
        assert_eq!(ready.status, 503);
        assert!(ready.text().contains("alarm: GET /panic"), "{}", ready.text());
        assert_eq!(faults.ask("/healthz").await.status, 200);
        let status = faults.ask("/status.json").await.json();
        assert_eq!((&status["live"], &status["ready"]), (&true.into(), &false.into()));
        assert_eq!(status["alarms"][0]["route"], "GET /panic");
        eventually("the alarm's record", || {
            let records = faults.records();
            let mut alarms = records.iter().filter(|record| record["fault"] == "alarm");
            alarms.next().is_some_and(|record| record["route"] == "GET /panic")
                && alarms.next().is_none()
        })
        .await;
    });
}

/// Panics until it is mended.
#[oserver::handler]
async fn fragile(State(mended): State<Arc<AtomicBool>>) -> &'static str {
    assert!(mended.load(Ordering::Relaxed), "broken");
    "mended"
}

#[oserver::handler]
async fn shallow() -> &'static str {
    "fine"
}

#[test]
fn readiness_fails_until_a_broken_route_succeeds_again() {
    const WINDOW: Duration = Duration::from_secs(3);
    run(async {
        let mended = Arc::new(AtomicBool::new(false));
        let admin = oserver::Admin::bind("127.0.0.1:0").expect("a free port");
        let address = admin.local_addr().expect("an address");
        let app = oserver::Router::new()
            .route("/fragile", get(fragile))
            .route("/shallow", get(shallow))
            .with_state(Arc::clone(&mended));
        let server =
            TestServer::start_with(app, |serve| serve.alarm_after(5, WINDOW).admin(admin)).await;
        let ready = async || Client::connect(address).await.get("/readyz").await.status.as_u16();
        let mut client = server.connect().await;
        // A server that is still starting is not ready either, and has no such route yet.
        let is_alarmed = || {
            let routes = server.counts.routes();
            routes.iter().any(|route| route.route == "GET /fragile" && route.alarm)
        };
        // Until it is told: five requests do it, if the machine has time for them within the window.
        let begin = Instant::now();
        while !is_alarmed() || ready().await != 503 {
            assert!(begin.elapsed() < PATIENCE, "every request fails, and it is ready");
            assert_eq!(client.get("/fragile").await.status, 500);
            assert_eq!(client.get("/shallow").await.status, 200);
        }
        // The window goes by, and nothing but shallow routes is asked for.
        let begin = Instant::now();
        while begin.elapsed() < WINDOW * 3 / 2 {
            assert_eq!(client.get("/shallow").await.status, 200);
            assert_eq!(ready().await, 503);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        mended.store(true, Ordering::Relaxed);
        let begin = Instant::now();
        while ready().await != 200 {
            assert!(begin.elapsed() < PATIENCE, "every request succeeds, and it is not ready");
            assert_eq!(client.get("/fragile").await.status, 200);
        }
        assert!(!server.route("GET /fragile").alarm);
    });
}

#[test]
fn a_blocked_thread_is_named_with_route_and_age() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        let reply = faults.get("/block").await;
        assert_eq!(reply.status, 504);
        // A poll that the watchdog of a busy machine saw late counts a moment after the answer.
        let seconds = |status: &Value| status["blocked"][0]["seconds"].as_f64();
        let status = faults.status_until(|status| seconds(status) >= Some(1.0)).await;
        let blocked = &status["blocked"][0];
        assert_eq!(blocked["route"], "GET /block");
        assert_eq!(blocked["request_id"], reply.header("x-request-id"));
        assert_eq!(status["blocked_threads"], 1);
        // One that comes back is not listed any more.
        assert_eq!(faults.get("/block/1300").await.status, 504);
        let listed = |status: &Value| status["blocked"].as_array().map(Vec::len);
        faults.status_until(|status| listed(status) == Some(1)).await;
    });
}

#[test]
fn a_foreign_host_name_is_refused() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        let address = faults.admin.expect("it was asked for");
        for (host, status) in [
            ("evil.example", 421),
            ("evil.example:80", 421),
            ("127.0.0.1:1", 200),
            ("localhost", 200),
        ] {
            for path in ["/", "/status.json", "/metrics", "/healthz"] {
                let mut client = Client::connect(address).await;
                let reply = client.request(Request::get(path).header("host", host), "").await;
                assert_eq!(reply.status, status, "{host} {path}");
                if status == 421 {
                    assert!(reply.text().contains("allow_host"), "it says what to do");
                }
            }
        }
        let mut client = Client::connect(address).await;
        assert_eq!(client.post("/", "").await.status, 405);
        assert_eq!(client.get("/nothing").await.status, 404);
    });
}

#[test]
fn the_admin_service_answers_while_every_worker_is_blocked_and_the_process_ends() {
    run_for(3 * PATIENCE, async {
        let mut faults = Faults::start_with(&ADMIN, &[]);
        assert_eq!(faults.ask("/healthz").await.status, 200);
        faults.wedge().await;
        let begin = Instant::now();
        loop {
            let asked = Instant::now();
            let health = faults.ask("/healthz").await;
            assert!(asked.elapsed() < Duration::from_secs(5), "it is not wedged itself");
            if health.status == 503 {
                assert!(health.text().contains("polled nothing"), "{}", health.text());
                break;
            }
            assert!(begin.elapsed() < PATIENCE, "nobody polls, and it says that it is live");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(faults.ask("/").await.status, 200);
        let status = faults.ends().await;
        assert_eq!(status.code(), Some(oserver::EXIT_UNRECOVERABLE.into()));
        let faults = faults.records();
        let kinds: Vec<_> = faults.iter().filter_map(|record| record["fault"].as_str()).collect();
        assert!(kinds.contains(&"wedged") && kinds.contains(&"unrecoverable"), "{kinds:?}");
    });
}

#[test]
fn overload_alone_does_not_fail_liveness() {
    run_for(3 * PATIENCE, async {
        // Far more to compute than there is time for.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let faults = Faults::start_with(&ADMIN, &[]);
        let address = faults.address;
        let stop = Instant::now() + Duration::from_secs(12);
        let clients: Vec<_> = (0..150 * cores)
            .map(|_| {
                tokio::spawn(async move {
                    while Instant::now() < stop {
                        let mut client = Client::connect(address).await;
                        let get = client.send(Request::get("/spin/50"), "");
                        _ = tokio::time::timeout(Duration::from_secs(3), get).await;
                    }
                })
            })
            .collect();
        let mut most_in_flight = 0;
        while Instant::now() < stop {
            let health = faults.ask("/healthz").await;
            assert_eq!(health.status, 200, "{}", health.text());
            let status = faults.ask("/status.json").await.json();
            let routes = status["routes"].as_array().expect("routes").iter();
            let in_flight: u64 = routes.filter_map(|route| route["in_flight"].as_u64()).sum();
            most_in_flight = most_in_flight.max(in_flight);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        for client in clients {
            client.await.expect("no panic");
        }
        // Each of them wants a core for itself.
        let overload = 20 * cores as u64;
        assert!(most_in_flight > overload, "it was no overload: {most_in_flight}");
    });
}

/// Returns the findings of `promtool check metrics`.
fn promtool(metrics: &str) -> String {
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut promtool = command.spawn().expect("promtool starts");
    promtool.stdin.take().expect("piped").write_all(metrics.as_bytes()).expect("it reads");
    let output = promtool.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let found = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success() || !found.is_empty(), "{}", output.status);
    found
}

#[test]
fn metrics_under_faults_pass_promtool() {
    // The rest of the test does without.
    let has_promtool = tools::is_installed("promtool");
    run_for(2 * PATIENCE, async {
        let faults = Faults::start_with(&ADMIN, &[]);
        if has_promtool {
            let found = promtool(faults.ask("/metrics").await.text());
            assert_eq!(found, "", "without a request");
        }
        for path in [
            "/ok",
            "/panic",
            "/await",
            "/block",
            "/panic-body",
            "/nothing\"\\",
            "/json",
            "/count",
            "/poison",
            "/wedge",
        ] {
            let mut client = faults.connect().await;
            let uri = path.replace('"', "%22").replace('\\', "%5C");
            if let Ok(head) = client.send(Request::get(uri), "").await {
                _ = common::read(head).await;
            }
        }
        // The reply comes from the incarnation that replaced the blocked one.
        assert_eq!(faults.get("/count").await.text(), "1");
        // A thread counts as lost a moment after the answer where the watchdog saw it late.
        faults.status_until(|status| status["blocked_threads"] == 2).await;
        let reply = faults.ask("/metrics").await;
        assert!(reply.header("content-type").starts_with("text/plain; version=0.0.4"));
        let metrics = reply.text();
        // The caller of the command that blocks is told of the restart, or that its time is over.
        let calls = |result: &str| {
            let name = "oserver_actor_calls_total{actor=\"Counter\",result=";
            let line = format!("{name}\"{result}\"}} ");
            let value = metrics.lines().find_map(|other| other.strip_prefix(&*line));
            value.map_or(0, |value| value.parse::<u64>().expect("a number"))
        };
        assert_eq!(calls("restarted") + calls("expired"), 2, "{metrics}");
        for line in [
            "oserver_live 1",
            "oserver_requests_total{route=\"GET /ok\",status=\"2xx\"} 1",
            "oserver_faults_total{route=\"GET /panic\",kind=\"panic\"} 1",
            "oserver_faults_total{route=\"GET /block\",kind=\"blocked\"} 1",
            "oserver_abandoned{route=\"GET /block\"} 1",
            "oserver_alarm{route=\"GET /block\"} 1",
            "oserver_request_duration_seconds_count{route=\"GET /ok\"} 1",
            "oserver_actor_restarts_total{actor=\"Counter\"} 2",
            "oserver_actor_faults_total{actor=\"Counter\",kind=\"panic\"} 1",
            "oserver_actor_faults_total{actor=\"Counter\",kind=\"overrun\"} 1",
            "oserver_actor_calls_total{actor=\"Counter\",result=\"answered\"} 2",
            "oserver_actor_queued{actor=\"Counter\"} 0",
            "oserver_actor_running{actor=\"Counter\"} 1",
            "oserver_actor_abandoned{actor=\"Counter\"} 1",
        ] {
            assert!(metrics.lines().any(|other| other == line), "no `{line}` in\n{metrics}");
        }
        if has_promtool {
            assert_eq!(promtool(metrics), "");
        }
        // The check can fail.
        if has_promtool {
            let found = promtool("# TYPE oserver_requests counter\noserver_requests 1\n");
            assert_ne!(found, "", "the check can fail");
        }
    });
}

#[test]
fn a_scan_of_random_paths_adds_no_labels() {
    run_for(6 * PATIENCE, async {
        let faults = Faults::start_with(&ADMIN, &[]);
        faults.get("/ok").await;
        let scanners: Vec<_> = (0..20)
            .map(|scanner| {
                let address = faults.address;
                tokio::spawn(async move {
                    let mut client = Client::connect(address).await;
                    for number in 0..5_000 {
                        let method =
                            if number % 7 == 0 { format!("M{number}") } else { "GET".into() };
                        let path = format!("/{scanner}-{number}/{:x}", number * 7919);
                        let request = Request::builder().method(&*method).uri(path);
                        assert_eq!(client.request(request, "").await.status, 404);
                    }
                })
            })
            .collect();
        for scanner in scanners {
            scanner.await.expect("no panic");
        }
        let reply = faults.ask("/metrics").await;
        let routes: std::collections::BTreeSet<_> = reply
            .text()
            .lines()
            .filter_map(|line| line.split_once("route=\"")?.1.split_once('"'))
            .map(|(route, _)| route)
            .collect();
        assert!(routes.len() <= 65, "{routes:?}");
        assert!(reply.body.len() < 500_000, "{} bytes", reply.body.len());
        let counted: u64 = faults.ask("/status.json").await.json()["routes"]
            .as_array()
            .expect("routes")
            .iter()
            .map(|route| route["requests"].as_u64().expect("a number"))
            .sum();
        assert_eq!(counted, 100_001);
    });
}

#[test]
fn the_history_continues_after_the_last_second_read() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        faults.get("/panic").await;
        let panics = |history: &Value| -> f64 {
            let seconds = history["total"]["panics"].as_array().expect("seconds");
            seconds.iter().filter_map(Value::as_f64).sum()
        };
        let begin = Instant::now();
        let history = loop {
            let history = faults.ask("/history.json").await.json();
            if panics(&history) > 0.0 {
                break history;
            }
            assert!(begin.elapsed() < PATIENCE, "{history:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(history["routes"]["GET /panic"]["p99"].is_array());
        let last = history["last"].as_u64().expect("a number");
        let rest = faults.ask(&format!("/history.json?after={last}")).await.json();
        assert_eq!(panics(&rest), 0.0, "that second was told already");
    });
}

fn entry<'a>(status: &'a Value, fault: &str, of: &str) -> Option<&'a Value> {
    let faults = status["faults"].as_array().expect("faults");
    let is_of = |entry: &&Value| entry["route"] == of || entry["actor"] == of;
    faults.iter().filter(|entry| entry["fault"] == fault).find(is_of)
}

#[test]
fn the_newest_faults_are_listed_with_message_place_request_and_stack() {
    run_for(2 * PATIENCE, async {
        let faults = Faults::start_with(&ADMIN, &[]);
        let late = faults.get("/await").await;
        assert_eq!(faults.get("/poison").await.status, 503);
        for _ in 0..200 {
            assert_eq!(faults.get("/panic").await.status, 500);
        }
        let last = faults.get("/panic").await;
        let begin = Instant::now();
        let status = loop {
            let status = faults.ask("/status.json").await.json();
            let panics = entry(&status, "panic", "GET /panic").expect("it is listed");
            // Not all were written in full: the rest comes with the next count.
            if panics["count"] == 201 && panics["stack"].is_string() {
                break status;
            }
            assert!(begin.elapsed() < PATIENCE, "{panics:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let panics = entry(&status, "panic", "GET /panic").expect("it is listed");
        let text = |of: &Value, field: &str| of[field].as_str().unwrap_or_default().to_owned();
        assert!(text(panics, "message").contains("panicked"), "{panics:#}");
        assert!(text(panics, "location").contains("faults"), "{panics:#}");
        assert!(text(panics, "stack").contains("faults::panic"), "{panics:#}");
        assert_eq!((&panics["method"], &panics["path"]), (&"GET".into(), &"/panic".into()));
        assert!(panics["seconds"].is_number() && panics["headers"].is_null());
        // A storm pushes out nothing; of a storm the newest that was written in full is named.
        let timeout = entry(&status, "timeout", "GET /await").expect("it is listed");
        assert_eq!(timeout["request_id"], late.header("x-request-id"));
        assert!(text(timeout, "summary").starts_with("at its deadline"), "{timeout:#}");
        let actor = entry(&status, "actor-panic", "Counter").expect("it is listed");
        assert_eq!((&actor["command"], &actor["count"]), (&"poison".into(), &1.into()));
        // In the next second it is the last.
        let again = loop {
            let again = faults.get("/panic").await;
            let status = faults.ask("/status.json").await.json();
            let panics = entry(&status, "panic", "GET /panic").expect("it is listed");
            if panics["request_id"] == again.header("x-request-id") {
                break again;
            }
            assert!(begin.elapsed() < PATIENCE, "{panics:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_ne!(again.header("x-request-id"), last.header("x-request-id"));
    });
}

#[test]
fn an_alarm_says_why_and_what_happened_last() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        for _ in 0..5 {
            assert_eq!(faults.get("/panic").await.status, 500);
        }
        assert_eq!(faults.get("/block").await.status, 504);
        // The alarm of an abandoned thread is raised a moment after the answer.
        let begin = Instant::now();
        let alarms = loop {
            let alarms = faults.ask("/status.json").await.json()["alarms"].clone();
            if alarms.as_array().map(Vec::len) == Some(2) {
                break alarms;
            }
            assert!(begin.elapsed() < PATIENCE, "{alarms:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let of = |route: &str| {
            let alarms = alarms.as_array().expect("alarms");
            alarms.iter().find(|alarm| alarm["route"] == route).expect("it is raised").clone()
        };
        let panics = of("GET /panic");
        assert_eq!(panics["reason"], "5 faults within 60s");
        assert_eq!(panics["last"]["fault"], "panic");
        assert!(panics["last"]["location"].as_str().is_some_and(|place| place.contains("faults")));
        let blocked = of("GET /block");
        assert_eq!(blocked["reason"], "a handler holds its thread past the deadline");
        assert_eq!(blocked["last"]["fault"], "blocked");
    });
}

#[test]
fn blocked_threads_of_routes_and_actors_are_as_many_as_their_sum() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        assert_eq!(faults.get("/block").await.status, 504);
        assert_eq!(faults.get("/block").await.status, 504);
        assert_eq!(faults.get("/wedge").await.status.as_u16() / 100, 5);
        let begin = Instant::now();
        let status = loop {
            let status = faults.ask("/status.json").await.json();
            if status["blocked_threads"] == 3 {
                break status;
            }
            assert!(begin.elapsed() < PATIENCE, "{status:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let rows = status["blocked"].as_array().expect("rows");
        let of = |field: &str, name: &str| rows.iter().filter(|row| row[field] == name).count();
        assert_eq!(rows.len(), 3, "{rows:#?}");
        assert_eq!((of("route", "GET /block"), of("actor", "Counter")), (2, 1), "{rows:#?}");
        let metrics = faults.ask("/metrics").await;
        assert!(metrics.text().contains("\noserver_blocked_threads 3\n"), "{}", metrics.text());
    });
}

#[test]
fn no_percentile_is_longer_than_the_longest_request() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        let begin = Instant::now();
        assert_eq!(faults.get("/await").await.status, 504);
        let longest = begin.elapsed().as_secs_f64() * 1e3;
        let status = faults.ask("/status.json").await.json();
        let routes = status["routes"].as_array().expect("routes");
        let late =
            routes.iter().find(|route| route["route"] == "GET /await").expect("it was asked");
        let of = |name: &str| late[name].as_f64().expect("a number");
        assert!(of("max_ms") >= 1000.0 && of("max_ms") <= longest, "{late:#} of {longest}");
        assert!(of("p99_ms") <= of("max_ms"), "{late:#}");
        // Without the exact longest it would be in the middle of one second and one and a half.
        assert!(of("p50_ms") <= of("max_ms"), "{late:#}");
    });
}

#[test]
fn the_history_has_blocked_threads_of_their_own() {
    run(async {
        let faults = Faults::start_with(&ADMIN, &[]);
        assert_eq!(faults.get("/block").await.status, 504);
        assert_eq!(faults.get("/await").await.status, 504);
        let begin = Instant::now();
        loop {
            let history = faults.ask("/history.json").await.json();
            let sum = |name: &str| -> f64 {
                let seconds = history["total"][name].as_array().expect("seconds");
                seconds.iter().filter_map(Value::as_f64).sum::<f64>().round()
            };
            if (sum("blocked"), sum("timeouts")) == (1.0, 1.0) {
                return;
            }
            assert!(sum("blocked") <= 1.0 && sum("timeouts") <= 1.0, "each fault is counted once");
            assert!(begin.elapsed() < PATIENCE, "{history:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
}
