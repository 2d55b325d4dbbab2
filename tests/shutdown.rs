//! A server that is stopped: what was accepted is answered, and it ends in time whatever handlers do.

mod common;

use std::future::{IntoFuture, pending};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{Client, eventually, run, run_for};
use hyper::Request;
use oserver::Router;
use oserver::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

const SHORT: Duration = Duration::from_millis(300);

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn slow() -> &'static str {
    tokio::time::sleep(SHORT).await;
    "at last"
}

#[oserver::handler(timeout = "never")]
async fn for_ever() -> &'static str {
    pending().await
}

#[oserver::handler(timeout = "never")]
async fn block() -> &'static str {
    loop {
        std::thread::park();
    }
}

fn router() -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/slow", get(slow))
        .route("/for-ever", get(for_ever))
        .route("/block", get(block))
}

/// A server of this process that a test can stop.
struct Stoppable {
    address: SocketAddr,
    counts: oserver::ServerMetrics,
    stop: oneshot::Sender<()>,
    end: JoinHandle<Result<(), oserver::ServeError>>,
}

async fn start(drain: Duration) -> Stoppable {
    let (stop, stopped) = oneshot::channel();
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let serve = oserver::serve(listener, router())
        .shutdown_timeout(drain)
        .with_graceful_shutdown(async { _ = stopped.await });
    let (address, counts) = (serve.local_addr().expect("an address"), serve.metrics());
    Stoppable { address, counts, stop, end: tokio::spawn(serve.into_future()) }
}

/// Requests without pause until the server says which one is the last.
async fn requests(mut client: Client, answered: Arc<AtomicU64>, asking: Arc<AtomicU64>) {
    for number in 0.. {
        let path = if answered.load(Ordering::Relaxed).is_multiple_of(7) { "/sync" } else { "/ok" };
        let reply = client.send(Request::get(path), "").await.expect("it was not told to go");
        let reply = common::read(reply).await.expect("a whole answer");
        assert_eq!(reply.status, 200);
        answered.fetch_add(1, Ordering::Relaxed);
        asking.fetch_add(u64::from(number == 0), Ordering::Relaxed);
        if reply.header("connection") == "close" {
            return;
        }
    }
}

#[test]
fn sigterm_under_the_load_of_a_thousand_connections_loses_no_request() {
    run_for(Duration::from_secs(120), async {
        // A request that a busy machine holds up would get a 504, which is a response, too, and proves nothing here.
        let mut faults = Faults::start_with(&["--timeout", "30s"], &[]);
        let (answered, asking) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut clients = JoinSet::new();
        for _ in 0..1000 {
            let (answered, asking) = (Arc::clone(&answered), Arc::clone(&asking));
            clients.spawn(requests(faults.connect().await, answered, asking));
        }
        eventually("all ask", || asking.load(Ordering::Relaxed) == 1000).await;
        eventually("the load", || answered.load(Ordering::Relaxed) > 3000).await;
        faults.signal("TERM");
        while let Some(client) = clients.join_next().await {
            client.expect("each was answered until it was told to go");
        }
        assert!(faults.ends().await.success());
        eventually("the stop is recorded", || faults.recorded("stopping") == 1).await;
        assert_eq!(faults.recorded("unfinished"), 0);
    });
}

#[test]
fn sigint_stops_as_well_and_new_connections_are_refused() {
    run(async {
        let mut faults = Faults::start();
        let mut client = faults.connect().await;
        let slow = tokio::spawn(async move { client.get("/spin/300").await });
        assert_eq!(faults.get("/ok").await.status, 200);
        faults.signal("INT");
        let address = faults.address;
        eventually("it says so", || faults.recorded("stopping") == 1).await;
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(slow.await.expect("no panic").status, 200);
        assert!(faults.ends().await.success());
    });
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    run(async {
        let mut faults = Faults::start();
        let mut client = faults.connect().await;
        // Its body has no end, so that the first signal would have to wait for the drain deadline.
        let events = client.send(Request::get("/events"), "").await.expect("a head");
        faults.signal("TERM");
        eventually("it stops", || faults.recorded("stopping") == 1).await;
        let begin = Instant::now();
        faults.signal("TERM");
        assert_eq!(faults.ends().await.code(), Some(128 + 15));
        assert!(begin.elapsed() < Duration::from_secs(10), "that is not at once");
        drop(events);
    });
}

#[test]
fn the_file_of_a_unix_socket_is_removed() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let address = format!("unix:{}", path.display());
        let mut faults = Faults::start_on(&address, std::process::Stdio::null(), &[]);
        let mut client = Client::connect_unix(&path).await;
        assert_eq!(client.get("/ok").await.status, 200);
        faults.signal("TERM");
        assert!(faults.ends().await.success());
        assert!(!Path::new(&path).exists());
    });
}

#[test]
fn begun_requests_are_answered_and_idle_connections_are_closed() {
    run(async {
        let server = start(Duration::from_secs(25)).await;
        let mut idle = Client::connect(server.address).await;
        assert_eq!(idle.get("/ok").await.status, 200);
        let mut silent = TcpStream::connect(server.address).await.expect("a connection");
        let mut half = TcpStream::connect(server.address).await.expect("a connection");
        half.write_all(b"GET /ok HTTP/1.1\r\nho").await.expect("sent");
        let mut busy = Client::connect(server.address).await;
        let busy = tokio::spawn(async move { busy.get("/slow").await });
        eventually("all are there", || server.counts.connections() == 4).await;
        server.stop.send(()).expect("it runs");
        while TcpStream::connect(server.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // The end of this request comes while the server stops.
        half.write_all(b"st: a\r\n\r\n").await.expect("sent");
        let mut answer = String::new();
        half.read_to_string(&mut answer).await.expect("an answer, and the end");
        assert!(answer.contains("200 OK") && answer.contains("connection: close"), "{answer}");
        assert_eq!(busy.await.expect("no panic").text(), "at last");
        assert_eq!(silent.read(&mut [0; 8]).await.expect("closed"), 0);
        server.end.await.expect("no panic").expect("a good end");
        idle.send(Request::get("/ok"), "").await.expect_err("it is closed");
    });
}

#[test]
fn the_drain_deadline_holds_with_handlers_that_block_and_that_never_end() {
    run(async {
        let server = start(SHORT).await;
        let mut clients = JoinSet::new();
        for path in ["/block", "/for-ever"].repeat(4) {
            let mut client = Client::connect(server.address).await;
            clients.spawn(async move { client.send(Request::get(path), "").await.map(drop) });
        }
        eventually("all wait", || {
            let routes = server.counts.routes();
            routes.iter().map(|route| route.in_flight).sum::<u64>() == 8
        })
        .await;
        let (begin, mut end) = (Instant::now(), server.end);
        server.stop.send(()).expect("it runs");
        let error = tokio::select! {
            end = &mut end => end.expect("no panic").expect_err("not all ended well"),
            () = tokio::time::sleep(Duration::from_secs(20)) => panic!("it does not end"),
        };
        assert!(begin.elapsed() >= SHORT, "they had their time");
        assert_eq!(error.kind(), oserver::ServeErrorKind::ConnectionsCutOff(8), "{error}");
        while let Some(client) = clients.join_next().await {
            client.expect("no panic").expect_err("there was no answer");
        }
    });
}
