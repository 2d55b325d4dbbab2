//! HTTP/2: many requests on one connection. What one of them does, or its client, is nothing to the
//! others.

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use common::cases::{Answer, Case, all, get as case, with_growing_timeout};
use common::faults::Faults;
use common::http2::{Frames, Http2Client, frame, get as get_frame, kind, reset};
use common::load::Load;
use common::{BUSY, PATIENCE, TestServer, eventually, read, run, run_for};
use http_body_util::BodyExt;
use hyper::Request;
use oserver::Router;
use oserver::routing::{get, post};
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;

const SHORT: Duration = Duration::from_millis(300);

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn large() -> Vec<u8> {
    vec![b'x'; 1_000_000]
}

#[oserver::handler]
async fn slow() -> &'static str {
    tokio::time::sleep(SHORT).await;
    "at last"
}

/// Has something else to do before it wants the body.
#[oserver::handler]
async fn read_late(body: axum::body::Body) -> oserver::Result<String> {
    tokio::time::sleep(SHORT).await;
    Ok(body.collect().await?.to_bytes().len().to_string())
}

fn router() -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/large", get(large))
        .route("/slow", get(slow))
        .route("/read-late", post(read_late))
}

fn request(path: &str) -> Request<http_body_util::Full<bytes::Bytes>> {
    Request::get(path).body(Default::default()).expect("a request")
}

/// Sends all of them at once on one connection, and checks what each got and left behind.
async fn at_once(cases: &[Case]) {
    with_growing_timeout(async |faults, timeout| {
        let mut client = Http2Client::connect(faults.address).await;
        let mut requests = JoinSet::new();
        for (number, case) in cases.iter().enumerate() {
            let (case, mut client) = (case.at_timeout(timeout), client.clone());
            requests.spawn(async move {
                let id = format!("stream-{number}");
                let sent = client.send(case.request(&id)).await;
                (id, case, case.outcome_of_stream(sent).await)
            });
        }
        for (id, case, outcome) in requests.join_all().await {
            case.check(outcome)?;
            eventually("its record", || faults.kinds(&id).len() >= case.recorded.len()).await;
            case.check_records(&faults.kinds(&id))?;
        }
        let last = case("/ok", Answer(200), &[], false);
        let sent = client.send(last.request("last")).await;
        last.check(last.outcome_of_stream(sent).await)?;
        assert_eq!(faults.recorded("connection-error"), 0);
        Ok(())
    })
    .await;
}

#[test]
fn each_fault_fails_only_its_own_stream() {
    run_for(BUSY, async {
        at_once(&all().collect::<Vec<_>>()).await;
    });
}

#[test]
fn of_a_hundred_streams_fifty_are_faulted_and_fifty_served() {
    run_for(BUSY, async {
        let faulted = all().filter(|case| !case.recorded.is_empty()).cycle().take(50);
        let innocent =
            [case("/ok", Answer(200), &[], false), case("/echo/50000", Answer(200), &[], false)];
        let innocent = innocent.iter().cycle();
        let cases: Vec<Case> =
            faulted.zip(innocent).flat_map(|(faulted, innocent)| [faulted, *innocent]).collect();
        assert_eq!(cases.len(), 100);
        at_once(&cases).await;
    });
}

/// Opens streams and gives them up at once, on as many connections as it takes.
async fn rapid_reset(address: SocketAddr, streams: u32) {
    let mut sent = 0;
    while sent < streams {
        let mut attacker = Frames::connect(address, &[]).await;
        for number in (1..).step_by(2) {
            let mut bytes = get_frame(number, "/ok");
            bytes.extend(reset(number));
            if attacker.stream.write_all(&bytes).await.is_err() {
                break;
            }
            sent += 1;
            if sent == streams {
                break;
            }
        }
    }
}

/// An attacker that can send as many of them as others send requests then leaves these at least a third of the
/// server. Rates would say less of it: the attacker takes CPU time from the same machine.
#[test]
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn a_stream_that_is_reset_costs_the_server_at_most_two_requests() {
    const STREAMS: u32 = 20_000;
    const REQUESTS: u64 = 5_000;
    run_for(Duration::from_secs(180), async {
        // Nobody's time is the subject.
        let faults = Faults::start_with(&["--timeout", "60s"], &[]);
        let load = Load::start(faults.address, 8);
        eventually("the load begins", || load.served() > 1000).await;
        let (cpu, served) = (faults.cpu_time(), load.served());
        eventually("a number of requests", || load.served() >= served + REQUESTS).await;
        let of_requests = faults.cpu_time().zip(cpu).map(|(after, before)| after - before);
        let requests = load.served() - served;
        // Innocent requests in the midst of it are answered.
        rapid_reset(faults.address, STREAMS).await;
        load.stop().await;
        let cpu = faults.cpu_time();
        rapid_reset(faults.address, STREAMS).await;
        let of_streams = faults.cpu_time().zip(cpu).map(|(after, before)| after - before);
        match of_requests.zip(of_streams) {
            Some((of_requests, of_streams)) => {
                let (request, stream) = (of_requests / requests as u32, of_streams / STREAMS);
                assert!(stream <= 2 * request, "{stream:?} beside {request:?}");
            }
            None => eprintln!("SKIPPED: this system does not tell what a process has computed"),
        }
        assert!(faults.recorded("connection-error") > 0);
        assert_eq!(faults.recorded("panic"), 0);
    });
}

#[test]
fn a_client_that_resets_its_requests_is_cut_off() {
    run(async {
        let server = TestServer::start_with(router(), |serve| serve.http2_max_resets(10)).await;
        let mut attacker = Frames::connect(server.address, &[]).await;
        for number in (1..).step_by(2).take(200) {
            let mut bytes = get_frame(number, "/slow");
            bytes.extend(reset(number));
            if attacker.stream.write_all(&bytes).await.is_err() {
                break;
            }
            // Each is begun before it is given up.
            tokio::task::yield_now().await;
        }
        attacker.is_cut_off().await;
        assert_eq!(server.get("/ok").await.status, 200);
    });
}

#[test]
fn a_flood_of_pings_is_cut_off() {
    run(async {
        let server = TestServer::start(router()).await;
        let mut attacker = Frames::connect(server.address, &[]).await;
        let pings = frame(kind::PING, 0, 0, &[0; 8]).repeat(1000);
        let flood = async { while attacker.stream.write_all(&pings).await.is_ok() {} };
        tokio::time::timeout(PATIENCE, flood).await.expect("it is cut off");
        attacker.is_cut_off().await;
        assert_eq!(server.get("/ok").await.status, 200);
    });
}

fn upload(path: &str, length: usize) -> Request<http_body_util::Full<bytes::Bytes>> {
    Request::post(path).body(vec![b'x'; length].into()).expect("a request")
}

/// It was taken for idle talk: nobody had asked for it yet.
#[test]
fn a_body_that_its_handler_reads_late_does_not_end_the_connection() {
    run(async {
        let server = TestServer::start(router()).await;
        let mut client = Http2Client::connect(server.address).await;
        for length in [1_500_000, 2_000_000] {
            let response = client.send(upload("/read-late", length)).await.expect("a head");
            let reply = read(response).await.expect("a whole answer");
            assert_eq!(reply.text(), length.to_string());
        }
    });
}

/// It was taken for idle talk: it belongs to a request that has its answer.
#[test]
fn unread_bodies_do_not_end_the_connection() {
    run(async {
        let server = TestServer::start(router()).await;
        let client = Http2Client::connect(server.address).await;
        let mut uploads = JoinSet::new();
        for _ in 0..4 {
            let mut client = client.clone();
            uploads.spawn(async move {
                let response = client.send(upload("/read-late", 3_000_000)).await.expect("a head");
                assert_eq!(response.status(), 413);
            });
        }
        let mut client = client;
        let response = client.send(request("/slow")).await.expect("a head");
        assert_eq!(read(response).await.expect("a whole answer").text(), "at last");
        uploads.join_all().await;
        let response = client.send(request("/ok")).await.expect("the connection is as it was");
        assert_eq!(response.status(), 200);
    });
}

#[test]
fn a_client_that_opens_no_window_is_cut_off() {
    run(async {
        const INITIAL_WINDOW_SIZE: u16 = 4;
        let server = TestServer::start_with(router(), |serve| serve.write_timeout(SHORT)).await;
        let mut client = Frames::connect(server.address, &[(INITIAL_WINDOW_SIZE, 0)]).await;
        client.stream.write_all(&get_frame(1, "/large")).await.expect("sent");
        assert!(client.next_of(kind::HEADERS).await.is_some(), "the head needs no window");
        let ended = tokio::time::timeout(PATIENCE, client.next_of(kind::RST_STREAM)).await;
        let ended = ended.expect("it is given up");
        assert!(ended.as_ref().is_none_or(|(stream, _)| *stream == 1), "{ended:?}");
    });
}

#[test]
fn streams_beyond_the_limit_are_not_begun() {
    run(async {
        const MAX_CONCURRENT_STREAMS: u16 = 3;
        let server =
            TestServer::start_with(router(), |serve| serve.http2_max_concurrent_streams(2)).await;
        let mut client = Frames::connect(server.address, &[]).await;
        let (_, settings) = client.next_of(kind::SETTINGS).await.expect("settings");
        let told = settings.chunks(6).any(|setting| {
            setting[..2] == MAX_CONCURRENT_STREAMS.to_be_bytes()
                && setting[2..] == 2_u32.to_be_bytes()
        });
        assert!(told, "{settings:?}");
        // All in one, so that the first is not over when the last comes.
        let requests = [1, 3, 5].map(|number| get_frame(number, "/slow")).concat();
        client.stream.write_all(&requests).await.expect("sent");
        let (refused, _) = client.next_of(kind::RST_STREAM).await.expect("a refusal");
        assert_eq!(refused, 5);
        assert!(client.next_of(kind::HEADERS).await.is_some(), "the others are answered");
    });
}

#[test]
fn a_server_that_stops_lets_the_streams_end_and_begins_no_others() {
    run(async {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
        let serve =
            oserver::serve(listener, router()).with_graceful_shutdown(async { _ = stopped.await });
        let address = serve.local_addr().expect("an address");
        let server = tokio::spawn(std::future::IntoFuture::into_future(serve));
        let (mut client, connection) = Http2Client::connect_watched(address).await;
        let mut second = client.clone();
        let slow = client.send(request("/slow"));
        let (response, ()) = tokio::join!(slow, async {
            // On the same connection: the one before was begun, too.
            assert_eq!(second.send(request("/ok")).await.expect("an answer").status(), 200);
            stop.send(()).expect("it runs");
        });
        let reply = read(response.expect("an answer")).await.expect("a whole answer");
        assert_eq!(reply.text(), "at last");
        connection.await.expect("no panic").expect("it is closed as it should be");
        client.send(request("/ok")).await.expect_err("it stops");
        server.await.expect("no panic").expect("a good end");
    });
}

#[test]
fn a_body_that_breaks_off_resets_its_stream_only() {
    run(async {
        let faults = Faults::start();
        let mut client = Http2Client::connect(faults.address).await;
        let mut events = client.send(request("/events")).await.expect("a head").into_body();
        events.frame().await.expect("an event").expect("data");
        let broken = client.send(request("/panic-body")).await.expect("a head");
        read(broken).await.expect_err("it breaks off");
        events.frame().await.expect("the other goes on").expect("data");
    });
}
