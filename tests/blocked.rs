//! A handler that blocks its thread: its client is answered at the deadline, its route is kept away
//! from the workers, its thread is counted as lost, and a process that lost too many ends.

mod common;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::cases::{TooLate, with_growing_timeout, with_growing_timeout_and};
use common::faults::Faults;
use common::load::Load;
use common::{BUSY, Client, TestServer, eventually, run, run_for};
use hyper::{Request, StatusCode};
use oserver::Router;
use oserver::extract::Path;
use oserver::routing::{get, post};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Sends the same request on `number` connections at once, and gives the statuses.
async fn at_once(address: SocketAddr, number: usize, path: &'static str) -> Vec<StatusCode> {
    let mut requests = JoinSet::new();
    for _ in 0..number {
        requests.spawn(async move { Client::connect(address).await.get(path).await.status });
    }
    requests.join_all().await
}

#[test]
fn one_blocked_request_on_an_idle_server_is_answered_at_its_deadline_and_nobody_waits_for_it() {
    let scenario = async |faults: &Faults, timeout: u32| {
        let begin = Instant::now();
        let mut client = faults.connect().await;
        let blocked = tokio::spawn(async move { client.get("/block").await });
        let mut served = 0;
        while !blocked.is_finished() {
            is_served(faults).await?;
            served += 1;
        }
        let reply = blocked.await.expect("an answer");
        assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let timeout = Duration::from_secs(timeout.into());
        assert!(begin.elapsed() >= timeout, "before its time: {:?}", begin.elapsed());
        // A request that has to wait for it is served only when it is over.
        if served <= 10 {
            return Err(TooLate);
        }
        let recorded = || faults.records_of(reply.header("x-request-id"));
        eventually("it is recorded", || !recorded().is_empty()).await;
        let records = recorded();
        if records[0]["fault"] == "timeout" {
            return Err(TooLate);
        }
        assert_eq!(records.len(), 1, "{records:?}");
        assert_eq!(
            (&records[0]["fault"], &records[0]["route"]),
            (&"blocked".into(), &"GET /block".into())
        );
        // A thread counts as lost when the poll alone took nearly all of the time.
        if records[0]["abandoned"] == 0 {
            return Err(TooLate);
        }
        assert_eq!(records[0]["abandoned"], 1);
        Ok(())
    };
    run_for(BUSY, with_growing_timeout(scenario));
}

/// A request beside faults: a busy machine may answer it too late.
async fn is_served(faults: &Faults) -> Result<(), TooLate> {
    match faults.get("/ok").await.status {
        StatusCode::GATEWAY_TIMEOUT => Err(TooLate),
        status => {
            assert_eq!(status, StatusCode::OK);
            Ok(())
        }
    }
}

async fn a_hundred_are_answered_and_others_served(faults: &Faults) -> Result<(), TooLate> {
    let address = faults.address;
    let innocent = Load::start(address, 1);
    let statuses = at_once(address, 100, "/block").await;
    assert!(statuses.iter().all(|status| *status == StatusCode::GATEWAY_TIMEOUT), "{statuses:?}");
    let statuses = at_once(address, 8, "/spin").await;
    assert!(statuses.iter().all(|status| *status == StatusCode::GATEWAY_TIMEOUT), "{statuses:?}");
    let served = innocent.served();
    innocent.stop_unless_late().await?;
    if served <= 100 {
        return Err(TooLate);
    }
    // Those that had no thread until their time was over are late.
    eventually("all are recorded", || {
        faults.recorded("blocked") + faults.recorded("timeout") == 108
    })
    .await;
    if faults.recorded("timeout") > 0 {
        return Err(TooLate);
    }
    for _ in 0..50 {
        is_served(faults).await?;
    }
    Ok(())
}

#[test]
fn a_hundred_blocked_and_eight_busy_for_ever_are_answered_and_others_served() {
    let scenario =
        async |faults: &Faults, _| a_hundred_are_answered_and_others_served(faults).await;
    run_for(BUSY, with_growing_timeout(scenario));
}

#[test]
fn blocked_and_busy_requests_are_answered_and_others_served_with_eight_workers() {
    let scenario =
        async |faults: &Faults, _| a_hundred_are_answered_and_others_served(faults).await;
    let workers = [("TOKIO_WORKER_THREADS", "8")];
    run_for(BUSY, with_growing_timeout_and(&workers, scenario));
}

/// hyper wakes the connection's task when a part of the body is read, or dropped; it must not be
/// stuck on the thread that then blocks.
#[test]
fn a_handler_that_blocks_after_its_body_does_not_end_its_connection() {
    run(async {
        let faults = Faults::start();
        for path in ["/read-then-block", "/drop-then-block"] {
            let mut requests = JoinSet::new();
            for size in [100, 64 * 1024].repeat(10) {
                let mut client = faults.connect().await;
                requests.spawn(async move { client.post(path, vec![b'x'; size]).await.status });
            }
            let statuses = requests.join_all().await;
            assert!(
                statuses.iter().all(|status| *status == StatusCode::GATEWAY_TIMEOUT),
                "{statuses:?}"
            );
        }
    });
}

#[test]
fn half_of_the_thread_budget_refuses_a_route_and_all_of_it_ends_the_process() {
    run(async {
        let mut faults = Faults::start_with(&["--max-blocked", "4", "--admin", "127.0.0.1:0"], &[]);
        assert_eq!(at_once(faults.address, 2, "/block").await, [StatusCode::GATEWAY_TIMEOUT; 2]);
        // A thread that the watchdog of a busy machine saw late counts as lost a moment after the answer.
        faults.status_until(|status| status["blocked_threads"] == 2).await;
        let reply = faults.get("/block").await;
        assert_eq!(
            (reply.status, reply.header("retry-after")),
            (StatusCode::SERVICE_UNAVAILABLE, "1")
        );
        assert_eq!(faults.get("/ok").await.status, StatusCode::OK);
        eventually("it is recorded", || faults.recorded("refused") == 1).await;
        assert_eq!(
            at_once(faults.address, 2, "/extractor-block").await,
            [StatusCode::GATEWAY_TIMEOUT; 2]
        );
        faults.status_until(|status| status["blocked_threads"] == 4).await;
        assert_eq!(
            faults.get("/ok").await.status,
            StatusCode::OK,
            "the budget is used up, no more"
        );
        // One more.
        let mut client = faults.connect().await;
        assert_eq!(client.post("/read-then-block", "").await.status, StatusCode::GATEWAY_TIMEOUT);
        drop(client);
        assert_eq!(faults.ends().await.code(), Some(oserver::EXIT_UNRECOVERABLE.into()));
        eventually("it says why", || faults.recorded("unrecoverable") == 1).await;
    });
}

/// More than the threads can do, none of it late by itself: what waits is answered with 504, and no thread
/// counts as lost.
#[test]
fn handlers_that_block_for_less_than_their_timeout_use_no_thread_budget() {
    run(async {
        let mut faults = Faults::start_with(&["--max-blocked", "8"], &[]);
        let address = faults.address;
        let begin = Instant::now();
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let mut clients = JoinSet::new();
        for _ in 0..50 * cores {
            clients.spawn(async move {
                let mut client = Client::connect(address).await;
                let mut late = 0;
                while begin.elapsed() < Duration::from_secs(5) {
                    let status = client.get("/block/700").await.status;
                    late += usize::from(status == StatusCode::GATEWAY_TIMEOUT);
                }
                late
            });
        }
        let late: usize = clients.join_all().await.into_iter().sum();
        assert!(late > 0, "that was no overload");
        assert_eq!(faults.recorded("unrecoverable"), 0);
        assert_eq!(faults.get("/ok").await.status, StatusCode::OK);
        faults.signal("TERM");
        assert!(faults.ends().await.success());
    });
}

fn thread_name() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

/// Blocks its thread for longer than it may, or says where it runs.
#[oserver::handler(timeout = "200ms")]
async fn block_or_tell(Path(what): Path<String>) -> String {
    if what == "block" {
        std::thread::sleep(Duration::from_millis(400));
    }
    thread_name()
}

#[oserver::handler]
async fn tell() -> String {
    thread_name()
}

#[test]
fn a_route_that_blocked_runs_on_overflow_threads_and_no_other_does() {
    run(async {
        let router = Router::new()
            .route("/suspect/{what}", get(block_or_tell))
            .route("/innocent", get(tell));
        let server = TestServer::start(router).await;
        let mut client = server.connect().await;
        assert_ne!(client.get("/suspect/tell").await.text(), "oserver-overflow");
        assert_eq!(client.get("/suspect/block").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(client.get("/suspect/tell").await.text(), "oserver-overflow");
        assert_ne!(client.get("/innocent").await.text(), "oserver-overflow");
        let counts = server.route("GET /suspect/{what}");
        assert_eq!((counts.requests, counts.timeouts, counts.blocked), (3, 1, 1));
        eventually("its thread comes back", || server.route("GET /suspect/{what}").stuck == 0)
            .await;
    });
}

#[test]
fn a_service_that_names_its_routes_is_isolated_by_route() {
    async fn dispatch(request: oserver::Request) -> String {
        match request.uri().path() {
            "/a" | "/a/block" => oserver::route("a").await,
            _ => oserver::route("b").await,
        }
        if request.uri().path() == "/a/block" {
            std::thread::sleep(Duration::from_millis(400));
        }
        thread_name()
    }
    run(async {
        let server =
            TestServer::start_with(dispatch, |serve| serve.timeout(Duration::from_millis(200)))
                .await;
        assert_ne!(server.get("/a").await.text(), "oserver-overflow");
        assert_eq!(server.get("/a/block").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(server.get("/a").await.text(), "oserver-overflow");
        assert_ne!(server.get("/b").await.text(), "oserver-overflow");
    });
}

#[test]
fn a_service_without_route_names_is_isolated_by_path() {
    async fn dispatch(request: oserver::Request) -> String {
        if request.uri().query() == Some("block") {
            std::thread::sleep(Duration::from_millis(400));
        }
        thread_name()
    }
    run(async {
        let server =
            TestServer::start_with(dispatch, |serve| serve.timeout(Duration::from_millis(200)))
                .await;
        assert_eq!(server.get("/a?block").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(server.get("/a").await.text(), "oserver-overflow");
        assert_ne!(server.get("/b").await.text(), "oserver-overflow");
    });
}

/// Blocks once, and else waits without blocking.
#[oserver::handler(timeout = "2s")]
async fn block_or_await(Path(what): Path<String>) -> &'static str {
    match &*what {
        "block" => std::thread::sleep(Duration::from_millis(2500)),
        _ => tokio::time::sleep(Duration::from_millis(500)).await,
    }
    "done"
}

#[test]
fn six_hundred_waiting_requests_of_a_route_that_blocked_once_are_all_answered() {
    run(async {
        let server = TestServer::start(Router::new().route("/{what}", get(block_or_await))).await;
        assert_eq!(server.get("/block").await.status, StatusCode::GATEWAY_TIMEOUT);
        let statuses = at_once(server.address, 600, "/await").await;
        assert!(statuses.iter().all(|status| *status == StatusCode::OK), "{statuses:?}");
        let counts = server.route("GET /{what}");
        assert_eq!((counts.requests, counts.refused), (601, 0));
    });
}

#[oserver::handler(timeout = "200ms")]
fn sleeps_too_long() -> &'static str {
    std::thread::sleep(Duration::from_millis(600));
    "too late"
}

#[test]
fn middleware_sees_the_answer_that_the_client_of_a_blocked_handler_got() {
    let (statuses, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let watch = axum::middleware::from_fn(move |request, next: axum::middleware::Next| {
        let statuses = statuses.clone();
        async move {
            let answer = next.run(request).await;
            _ = statuses.send(answer.status());
            answer
        }
    });
    run(async move {
        let router = Router::new().route("/", get(sleeps_too_long)).layer(watch);
        let server = TestServer::start(router).await;
        assert_eq!(server.get("/").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(seen.recv().await, Some(StatusCode::GATEWAY_TIMEOUT));
    });
}

#[test]
fn a_late_handler_without_async_counts_as_blocked_until_it_ends() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(sleeps_too_long))).await;
        assert_eq!(server.get("/").await.status, StatusCode::GATEWAY_TIMEOUT);
        eventually("it is stuck", || server.route("GET /").stuck == 1).await;
        eventually("it is over", || server.route("GET /").stuck == 0).await;
        assert_eq!(server.route("GET /").timeouts, 1);
    });
}

#[oserver::handler(timeout = "200ms")]
async fn blocks_a_while(_: String) -> &'static str {
    std::thread::sleep(Duration::from_millis(600));
    "too late"
}

#[test]
fn a_blocked_request_whose_client_has_gone_is_recorded_and_over_when_its_thread_is_back() {
    run(async {
        let server = TestServer::start(Router::new().route("/", post(blocks_a_while))).await;
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        let head = b"POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 2\r\n\r\nhi";
        stream.write_all(head).await.expect("sent");
        eventually("it begins", || {
            server.counts.routes().iter().any(|route| route.route == "POST /")
        })
        .await;
        drop(stream);
        eventually("it is stuck", || server.route("POST /").stuck == 1).await;
        eventually("it is over", || server.route("POST /").stuck == 0).await;
        let counts = server.route("POST /");
        assert_eq!((counts.blocked, counts.cancelled, counts.timeouts), (1, 1, 0));
    });
}

/// Takes its time to be given up: for a while, or for ever.
#[oserver::handler(timeout = "1s")]
async fn clings(Path(what): Path<String>) -> &'static str {
    struct Clings(bool);
    impl Drop for Clings {
        fn drop(&mut self) {
            let pause = Duration::from_millis(600);
            std::thread::sleep(pause);
            loop {
                if !self.0 {
                    return;
                }
                std::thread::sleep(pause);
            }
        }
    }
    let _clings = Clings(what == "for-ever");
    std::future::pending().await
}

#[test]
fn a_handler_that_is_slow_to_be_given_up_is_recorded_once_and_one_that_stays_once_more() {
    run(async {
        let server = TestServer::start(Router::new().route("/{what}", get(clings))).await;
        assert_eq!(server.get("/a-while").await.status, StatusCode::GATEWAY_TIMEOUT);
        let route = || server.route("GET /{what}");
        assert_eq!((route().timeouts, route().blocked), (1, 0), "{:?}", route());
        assert_eq!(server.get("/for-ever").await.status, StatusCode::GATEWAY_TIMEOUT);
        eventually("that it stays is recorded", || route().blocked == 1).await;
        assert_eq!((route().timeouts, route().stuck), (2, 1), "{:?}", route());
    });
}

/// With one thread for everything no handler may run on it.
#[test]
fn a_blocked_handler_stops_no_other_on_a_runtime_with_one_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let router = Router::new()
            .route("/suspect/{what}", get(block_or_tell))
            .route("/innocent", get(tell));
        let server = TestServer::start(router).await;
        // Requests that wait for the blocked ones are served when these are over. A busy machine may need several rounds.
        let mut most = 0;
        for _ in 0..20 {
            let blocked = tokio::spawn(at_once(server.address, 5, "/suspect/block"));
            let mut served = 0;
            while !blocked.is_finished() {
                assert_eq!(server.get("/innocent").await.text(), "oserver-overflow");
                served += 1;
            }
            assert_eq!(blocked.await.expect("answers"), [StatusCode::GATEWAY_TIMEOUT; 5]);
            most = most.max(served);
            if most > 5 {
                break;
            }
        }
        assert!(most > 5, "only {most} others were served meanwhile");
    });
}

#[oserver::handler(timeout = "100ms")]
async fn blocks_for_ever() -> &'static str {
    loop {
        std::thread::park();
    }
}

#[test]
fn an_unrecoverable_server_on_a_plain_runtime_calls_back_and_ends_with_an_error() {
    run(async {
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
        let serve = oserver::serve(listener, Router::new().route("/", get(blocks_for_ever)))
            .max_blocked_threads(1)
            .on_unrecoverable(move || tell.store(true, Ordering::SeqCst));
        let address = serve.local_addr().expect("an address");
        let server = tokio::spawn(async move { serve.await });
        assert_eq!(at_once(address, 1, "/").await, [StatusCode::GATEWAY_TIMEOUT]);
        // The breaker lets a probe through after a second.
        let begin = Instant::now();
        while at_once(address, 1, "/").await == [StatusCode::SERVICE_UNAVAILABLE] {
            assert!(begin.elapsed() < common::PATIENCE, "no probe is let through");
        }
        let error = server.await.expect("it does not panic").expect_err("it is unrecoverable");
        assert_eq!(error.kind(), oserver::ServeErrorKind::Unrecoverable, "{error}");
        eventually("the callback is called", || told.load(Ordering::SeqCst)).await;
    });
}

#[test]
fn requests_are_refused_at_once_when_every_thread_is_abandoned() {
    const MORE_THAN_THREADS: usize = 20;
    run(async {
        let paths: Vec<_> = (0..MORE_THAN_THREADS).map(|number| format!("/{number}")).collect();
        let routes = paths
            .iter()
            .fold(Router::new(), |router, path| router.route(path, get(blocks_for_ever)));
        let server = TestServer::start_with(routes.route("/ok", get(tell)), |serve| {
            serve.max_blocked_threads(1)
        })
        .await;
        // Before the process is unrecoverable and the server takes no new connections.
        let mut clients = Vec::new();
        for _ in &paths {
            let mut client = server.connect().await;
            assert_eq!(client.get("/ok").await.status, StatusCode::OK);
            clients.push(client);
        }
        let mut last = server.connect().await;
        assert_eq!(last.get("/ok").await.status, StatusCode::OK);
        let mut requests = JoinSet::new();
        for (mut client, path) in clients.into_iter().zip(paths) {
            requests.spawn(async move { client.get(&path).await.status });
        }
        let statuses = requests.join_all().await;
        let late = statuses.iter().filter(|status| **status == StatusCode::GATEWAY_TIMEOUT).count();
        assert!(late > 1, "{statuses:?}");
        let others = |status: &&StatusCode| **status == StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(late + statuses.iter().filter(others).count(), statuses.len(), "{statuses:?}");
        // The process is unrecoverable: after some answer that connection ends, too.
        let begin = Instant::now();
        while let Ok(response) = last.send(Request::get("/ok"), "").await {
            let reply = common::read(response).await.expect("a whole response");
            assert_eq!(
                (reply.status, reply.header("retry-after")),
                (StatusCode::SERVICE_UNAVAILABLE, "1")
            );
            assert!(begin.elapsed() < common::PATIENCE, "the connection does not end");
        }
    });
}

#[test]
#[ignore = "started by the test of the warning, in a process of its own"]
fn two_servers_on_a_plain_runtime() {
    run(async {
        for _ in 0..2 {
            let server = TestServer::start(Router::new().route("/", get(tell))).await;
            assert_eq!(server.get("/").await.status, StatusCode::OK);
        }
    });
}

#[test]
fn each_weakness_of_a_plain_runtime_is_warned_about_once() {
    let output = std::process::Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "two_servers_on_a_plain_runtime", "--ignored", "--nocapture"])
        .stdin(std::process::Stdio::null())
        .output()
        .expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let warnings: Vec<_> =
        stderr.lines().filter(|line| line.contains("degraded-isolation")).collect();
    let of = |what: &str| warnings.iter().filter(|line| line.contains(what)).count();
    assert_eq!(of("was not built by `#[oserver::main]`"), 1, "{stderr}");
    assert_eq!(of("SIGTERM and SIGINT end the process at once"), 1, "{stderr}");
    assert_eq!(warnings.len(), 2, "{stderr}");
}

#[test]
#[ignore = "started by the test of the record, in a process of its own"]
fn two_servers_with_different_limits() {
    run(async {
        let first = TestServer::start(Router::new().route("/", get(tell))).await;
        assert_eq!(first.get("/").await.status, StatusCode::OK);
        let same = TestServer::start_with(Router::new().route("/", get(tell)), |server| {
            server.health_options(oserver::HealthOptions::default())
        })
        .await;
        assert_eq!(same.get("/").await.status, StatusCode::OK);
        let other = TestServer::start_with(Router::new().route("/", get(tell)), |server| {
            server.max_blocked_threads(8).exit_after(None)
        })
        .await;
        assert_eq!(other.get("/").await.status, StatusCode::OK);
    });
}

#[test]
fn limits_that_a_second_server_changes_for_the_first_are_recorded() {
    let output = std::process::Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "two_servers_with_different_limits", "--ignored", "--nocapture"])
        .stdin(std::process::Stdio::null())
        .output()
        .expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let records: Vec<_> = stderr.lines().filter(|line| line.contains("limits-changed")).collect();
    let [record] = records[..] else { panic!("{records:?}") };
    let was = "were `max_blocked_threads` 256, `live_timeout` 5s, `exit_after` 10s";
    let is = "are `max_blocked_threads` 8, `live_timeout` 5s, `exit_after` never";
    assert!(record.contains(was) && record.contains(is), "{record}");
}

/// Without privileges a priority cannot be raised again, so no thread may go on serving with it.
#[test]
#[cfg(target_os = "linux")]
fn a_busy_thread_gets_the_least_priority_and_no_worker_keeps_it() {
    run(async {
        let Some(faults) = Faults::start_at_normal_priority() else { return };
        assert_eq!(faults.threads_of_least_priority().len(), 0);
        let mut spinning = JoinSet::new();
        for _ in 0..4 {
            let mut client = faults.connect().await;
            spinning.spawn(async move { client.get("/spin/3000").await.status });
        }
        // On a busy machine one may have left before another is lowered.
        let mut lowered = HashSet::new();
        eventually("the busy threads are lowered", || {
            lowered.extend(faults.threads_of_least_priority());
            lowered.len() >= 4
        })
        .await;
        assert_eq!(spinning.join_all().await, [StatusCode::GATEWAY_TIMEOUT; 4]);
        // A worker leaves after a request that it served.
        let begin = Instant::now();
        while let low = faults.threads_of_least_priority()
            && !low.is_empty()
        {
            assert!(begin.elapsed() < common::PATIENCE, "{low:?} have the least priority");
            assert_eq!(faults.get("/ok").await.status, StatusCode::OK);
        }
        assert_eq!(faults.get("/ok").await.status, StatusCode::OK);
    });
}

/// Its threads have no priority to lose, so none has to leave.
#[test]
#[cfg(target_os = "linux")]
fn a_process_of_least_priority_keeps_its_workers() {
    const REQUESTS: usize = 100;
    let threads = |faults: &Faults| -> Vec<_> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", faults.id())).expect("it runs");
        tasks.flatten().map(|task| task.file_name()).collect()
    };
    run(async {
        let faults = Faults::start_nice();
        assert!(!faults.threads_of_least_priority().is_empty());
        let mut client = faults.connect().await;
        assert_eq!(client.get("/ok").await.status, StatusCode::OK);
        let before = threads(&faults);
        for _ in 0..REQUESTS {
            assert_eq!(client.get("/ok").await.status, StatusCode::OK);
        }
        // A thread may begin for another reason; for a worker that leaves there is a new one after each request.
        let new = |thread: &&std::ffi::OsString| !before.contains(thread);
        let after = threads(&faults);
        let new = after.iter().filter(new).count();
        assert!(new < REQUESTS / 10, "{new} new threads: {before:?} {after:?}");
        assert_eq!(faults.get("/spin/1500").await.status, StatusCode::GATEWAY_TIMEOUT);
    });
}

#[test]
fn a_refused_request_gets_retry_after() {
    run(async {
        let faults = Faults::start_with(&["--max-blocked", "2", "--admin", "127.0.0.1:0"], &[]);
        assert_eq!(faults.get("/block").await.status, StatusCode::GATEWAY_TIMEOUT);
        faults.status_until(|status| status["blocked_threads"] == 1).await;
        let mut client = faults.connect().await;
        let reply =
            client.request(Request::get("/block").header("x-request-id", "refused-1"), "").await;
        assert_eq!(
            (reply.status, reply.header("retry-after")),
            (StatusCode::SERVICE_UNAVAILABLE, "1")
        );
        assert_eq!(reply.json()["request_id"], "refused-1");
        // The connection goes on.
        assert_eq!(client.get("/ok").await.status, StatusCode::OK);
    });
}
