//! A request is answered by its deadline: 504, or 408 when it is the client who keeps it waiting. A
//! request whose client has gone is dropped.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::http2::Http2Client;
use common::{PATIENCE, TestServer, eventually, run};
use hyper::StatusCode;
use oserver::Router;
use oserver::extract::State;
use oserver::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SHORT: Duration = Duration::from_millis(100);

#[oserver::handler]
async fn for_ever() -> &'static str {
    std::future::pending().await
}

#[oserver::handler(timeout = "100ms")]
async fn for_ever_but_short() -> &'static str {
    std::future::pending().await
}

#[oserver::handler(timeout = "never")]
async fn longer_than_the_server_allows(State(allowed): State<Duration>) -> &'static str {
    tokio::time::sleep(3 * allowed).await;
    "done"
}

#[test]
fn the_servers_deadline_holds_where_the_handler_has_none() {
    run(async {
        let router = Router::new().route("/", get(for_ever));
        let server = TestServer::start_with(router, |serve| serve.timeout(SHORT)).await;
        let mut client = server.connect().await;
        let begin = Instant::now();
        let reply = client.get("/").await;
        assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
        assert!(begin.elapsed() >= SHORT, "answered before its time: {:?}", begin.elapsed());
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["request_id"], reply.header("x-request-id"));
        // On the same connection, which goes on.
        assert_eq!(client.get("/").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(server.route("GET /").timeouts, 2);
    });
}

#[test]
fn the_handlers_deadline_replaces_the_servers_to_both_sides() {
    run(async {
        let router = Router::new().route("/short", get(for_ever_but_short));
        let server = TestServer::start_with(router, |serve| serve.timeout(2 * PATIENCE)).await;
        assert_eq!(server.get("/short").await.status, StatusCode::GATEWAY_TIMEOUT);
        // The server's deadline holds until the handler begins, which takes a busy machine its time.
        let mut status = StatusCode::GATEWAY_TIMEOUT;
        for allowed in [SHORT, 10 * SHORT, 50 * SHORT] {
            let router = Router::new().route("/long", get(longer_than_the_server_allows));
            let router = router.with_state(allowed);
            let server = TestServer::start_with(router, |serve| serve.timeout(allowed)).await;
            status = server.get("/long").await.status;
            if status == StatusCode::OK {
                break;
            }
        }
        assert_eq!(status, StatusCode::OK);
    });
}

#[test]
fn the_answer_at_the_deadline_goes_through_the_middleware() {
    run(async {
        let mark =
            tower::util::MapResponseLayer::new(|mut response: oserver::response::Response| {
                response.headers_mut().insert("x-seen", "yes".parse().expect("a value"));
                response
            });
        let router = Router::new().route("/", get(for_ever_but_short)).layer(mark);
        let server = TestServer::start(router).await;
        let reply = server.get("/").await;
        assert_eq!((reply.status, reply.header("x-seen")), (StatusCode::GATEWAY_TIMEOUT, "yes"));
    });
}

#[test]
fn middleware_that_never_ends_has_a_deadline_too() {
    run(async {
        let stuck =
            axum::middleware::from_fn(|_: oserver::Request, _: axum::middleware::Next| async {
                std::future::pending::<oserver::response::Response>().await
            });
        let router = Router::new().route("/", get(for_ever)).layer(stuck);
        let server = TestServer::start_with(router, |serve| serve.timeout(SHORT)).await;
        assert_eq!(server.get("/").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(server.route("GET /").timeouts, 1);
    });
}

#[oserver::handler(timeout = "100ms")]
fn sleeps() -> &'static str {
    std::thread::sleep(Duration::from_millis(400));
    "too late"
}

#[test]
fn a_handler_without_async_is_answered_at_its_deadline() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(sleeps))).await;
        assert_eq!(server.get("/").await.status, StatusCode::GATEWAY_TIMEOUT);
    });
}

#[oserver::handler]
async fn reads(body: String) -> String {
    body
}

#[test]
fn a_body_that_stops_arriving_is_the_clients_fault() {
    run(async {
        let router = Router::new().route("/", post(reads));
        // The extractor waits for the body, so the handler is not known yet, nor its own deadline.
        let server = TestServer::start_with(router, |serve| serve.timeout(SHORT)).await;
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\nhalf")
            .await
            .expect("sent");
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, b"HTTP/1.1 408");
        let route = server.route("POST /");
        assert_eq!((route.stalled_bodies, route.timeouts), (1, 0));
    });
}

/// The next part of it comes when the handler waits.
#[test]
fn limits_beyond_the_clock_are_no_limits() {
    run(async {
        let app = Router::new().route("/", post(reads));
        let server = TestServer::start_with(app, |serve| {
            let longest = Duration::MAX;
            serve
                .timeout(longest)
                .first_byte_timeout(longest)
                .header_read_timeout(longest)
                .keep_alive_timeout(longest)
                .body_timeout(longest)
                .write_timeout(longest)
        })
        .await;
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        let head =
            "POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 4\r\nconnection: close\r\n\r\nab";
        stream.write_all(head.as_bytes()).await.expect("it reads");
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream.write_all(b"cd").await.expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.expect("an answer");
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
        let mut client = Http2Client::connect(server.address).await;
        let request = hyper::Request::post("/").body("abcd".into()).expect("a request");
        assert_eq!(client.send(request).await.expect("an answer").status(), 200);
    });
}

#[test]
fn a_handler_called_as_a_function_keeps_its_deadline() {
    run(async {
        assert_eq!(for_ever_but_short().await.status(), StatusCode::GATEWAY_TIMEOUT);
    });
}

#[oserver::handler(timeout = "100ms")]
async fn reads_in_time(body: String) -> String {
    body
}

#[test]
fn the_handlers_deadline_covers_its_extractors_once_the_route_knows_it() {
    run(async {
        let server = TestServer::start(Router::new().route("/", post(reads_in_time))).await;
        // The route knows it when a handler has begun, which a busy machine may do too late for an answer.
        let begin = Instant::now();
        while server.connect().await.post("/", "whole").await.text() != "whole" {
            assert!(begin.elapsed() < PATIENCE, "no request is in time");
        }
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\nhalf")
            .await
            .expect("sent");
        let begin = Instant::now();
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, b"HTTP/1.1 408");
        // The server's is 30 s.
        assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    });
}

/// How many handlers began, were dropped half-way, and came to their end.
#[derive(Clone, Default, oserver::HandlerState)]
struct Progress {
    begun: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
    finished: Arc<AtomicUsize>,
}

impl Progress {
    async fn work(self, length: Duration) -> &'static str {
        struct CountDrop(Arc<AtomicUsize>);
        impl Drop for CountDrop {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let _count = CountDrop(Arc::clone(&self.dropped));
        self.begun.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(length).await;
        self.finished.fetch_add(1, Ordering::SeqCst);
        "finished"
    }
}

#[oserver::handler]
async fn cancelled(State(progress): State<Progress>) -> &'static str {
    progress.work(Duration::MAX).await
}

#[oserver::handler(on_disconnect = "finish")]
async fn finished(State(progress): State<Progress>) -> &'static str {
    progress.work(5 * SHORT).await
}

/// Sends a request and goes away once its handler has begun.
async fn leave(server: &TestServer, path: &str, progress: &Progress) {
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    eventually("the handler begins", || progress.begun.load(Ordering::SeqCst) == 1).await;
}

#[test]
fn a_handler_whose_client_has_gone_is_dropped() {
    run(async {
        let progress = Progress::default();
        let router = Router::new().route("/", get(cancelled)).with_state(progress.clone());
        let server = TestServer::start(router).await;
        leave(&server, "/", &progress).await;
        eventually("the handler is dropped", || progress.dropped.load(Ordering::SeqCst) == 1).await;
        assert_eq!(progress.finished.load(Ordering::SeqCst), 0);
        eventually("it is counted", || server.route("GET /").cancelled == 1).await;
    });
}

#[test]
fn a_handler_that_asked_for_it_is_finished_without_its_client() {
    run(async {
        let progress = Progress::default();
        let router = Router::new().route("/", get(finished)).with_state(progress.clone());
        let server = TestServer::start(router).await;
        leave(&server, "/", &progress).await;
        eventually("the handler ends", || progress.finished.load(Ordering::SeqCst) == 1).await;
        assert_eq!(server.route("GET /").cancelled, 0);
    });
}

/// Sends a last request, closes its side, and is answered.
async fn is_answered_after_closing(stream: &mut TcpStream, request: &str) {
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("closed");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.ends_with("at once"), "{answer:?}");
}

/// As `printf .. | nc -N` does: the request and the end of all requests come together.
#[test]
fn a_client_that_closes_its_side_right_after_its_request_is_answered() {
    run(async {
        let server = TestServer::start(Router::new().route("/", get(at_once))).await;
        for _ in 0..200 {
            let mut stream = TcpStream::connect(server.address).await.expect("a connection");
            let request = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";
            is_answered_after_closing(&mut stream, request).await;
        }
    });
}

#[oserver::handler]
async fn at_once() -> &'static str {
    "at once"
}

/// A fact about the last request on a connection does not apply to the next.
#[test]
fn after_a_request_that_waited_the_next_is_answered_to_a_client_that_closes_its_side() {
    run(async {
        let router =
            Router::new().route("/waits", get(waits)).route("/at-once", get(many_digits_at_once));
        let server = TestServer::start(router).await;
        for _ in 0..100 {
            let mut stream = TcpStream::connect(server.address).await.expect("a connection");
            stream.write_all(b"GET /waits HTTP/1.1\r\nhost: test\r\n\r\n").await.expect("sent");
            let mut first = vec![0; 4096];
            assert!(stream.read(&mut first).await.expect("an answer") > 0);
            let request = "GET /at-once HTTP/1.1\r\nhost: test\r\n\r\n";
            is_answered_after_closing(&mut stream, request).await;
        }
    });
}

#[oserver::handler]
async fn waits() -> &'static str {
    tokio::time::sleep(Duration::from_millis(2)).await;
    "waited"
}

#[oserver::handler]
async fn many_digits_at_once() -> String {
    // So that the end of the requests is there before the answer is.
    let digits: String = (0..2000).map(|number: u32| number.to_string()).collect();
    format!("{} digits, at once", digits.len())
}

#[oserver::handler]
async fn twice_as_long() -> &'static str {
    tokio::time::sleep(2 * SHORT).await;
    "done"
}

#[test]
fn each_fallback_has_its_own_timeout() {
    run(async {
        let nested = Router::new().fallback(for_ever_but_short);
        let router = Router::new().nest("/nested", nested).fallback(twice_as_long);
        let server = TestServer::start(router).await;
        assert_eq!(server.get("/nested/x").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(server.get("/x").await.text(), "done");
    });
}

#[test]
fn handlers_with_the_same_name_have_their_own_timeouts() {
    async fn dispatch(request: oserver::Request) -> oserver::response::Response {
        use oserver::response::IntoResponse;
        oserver::route("orders").await;
        if request.uri().path() == "/short" {
            return for_ever_but_short().await.into_response();
        }
        tokio::time::sleep(2 * SHORT).await;
        "done".into_response()
    }
    run(async {
        let server = TestServer::start(dispatch).await;
        assert_eq!(server.get("/short").await.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(server.get("/").await.text(), "done");
    });
}

#[oserver::handler(timeout = "60s")]
async fn goes_on_after_a_shorter_one() -> String {
    let inner = for_ever_but_short().await.status();
    tokio::time::sleep(2 * SHORT).await;
    format!("inside {}", inner.as_u16())
}

#[oserver::handler(timeout = "60s")]
async fn goes_on_without_a_shorter_one() -> &'static str {
    _ = tokio::time::timeout(SHORT / 4, for_ever_but_short()).await;
    tokio::time::sleep(2 * SHORT).await;
    "done"
}

#[oserver::handler(timeout = "100ms")]
async fn asks_one_without_a_limit() -> &'static str {
    _ = for_ever_and_may().await;
    "done"
}

#[oserver::handler(timeout = "never")]
async fn for_ever_and_may() -> &'static str {
    std::future::pending().await
}

#[test]
fn a_handler_inside_of_another_has_its_own_deadline_and_that_of_the_outer_one() {
    run(async {
        let router = Router::new()
            .route("/outer-long", get(goes_on_after_a_shorter_one))
            .route("/outer-cancels", get(goes_on_without_a_shorter_one))
            .route("/outer-short", get(asks_one_without_a_limit));
        let server = TestServer::start(router).await;
        assert_eq!(server.get("/outer-long").await.text(), "inside 504");
        assert_eq!(server.get("/outer-cancels").await.text(), "done");
        let begin = Instant::now();
        assert_eq!(server.get("/outer-short").await.status, StatusCode::GATEWAY_TIMEOUT);
        // The server's is 30 s.
        assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    });
}

#[oserver::handler(timeout = "100ms")]
async fn reads_two_frames(request: oserver::Request) -> &'static str {
    use http_body_util::BodyExt;
    let mut body = request.into_body();
    while body.frame().await.is_some() {}
    "read"
}

/// Middleware that waits for something after the handler was given up gets the time for it.
#[test]
fn a_late_request_is_counted_once_and_its_answer_goes_through_middleware_that_waits() {
    run(async {
        let wait_and_mark = axum::middleware::from_fn(
            |request: oserver::Request, next: axum::middleware::Next| async {
                let mut response = next.run(request).await;
                tokio::task::yield_now().await;
                response.headers_mut().insert("x-seen", "yes".parse().expect("a value"));
                response
            },
        );
        let router = Router::new()
            .route("/late", get(for_ever_but_short))
            .route("/stalled", post(reads_two_frames))
            .layer(wait_and_mark);
        let server = TestServer::start(router).await;
        let reply = server.get("/late").await;
        assert_eq!((reply.status, reply.header("x-seen")), (StatusCode::GATEWAY_TIMEOUT, "yes"));
        let route = server.route("GET /late");
        assert_eq!((route.requests, route.timeouts), (1, 1));
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        let head = b"POST /stalled HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\nabc";
        stream.write_all(head).await.expect("sent");
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, b"HTTP/1.1 408");
        let route = server.route("POST /stalled");
        assert_eq!((route.stalled_bodies, route.timeouts), (1, 0));
    });
}

#[oserver::handler(timeout = "200ms")]
async fn looks_at_the_body_and_hangs(request: oserver::Request) -> &'static str {
    use http_body_util::BodyExt;
    let mut body = request.into_body();
    for _ in 0..2 {
        _ = tokio::time::timeout(Duration::from_millis(20), body.frame()).await;
    }
    std::future::pending().await
}

#[test]
fn a_handler_that_hangs_after_it_gave_up_on_the_body_is_at_fault_itself() {
    run(async {
        let router = Router::new().route("/", post(looks_at_the_body_and_hangs));
        let server = TestServer::start(router).await;
        let begin = Instant::now();
        loop {
            let mut stream = TcpStream::connect(server.address).await.expect("a connection");
            let head = b"POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\nabc";
            stream.write_all(head).await.expect("sent");
            let mut answer = vec![0; 12];
            stream.read_exact(&mut answer).await.expect("an answer");
            if answer == b"HTTP/1.1 504" {
                break;
            }
            // On a busy machine its time may be over before it has given up on the body.
            assert_eq!(answer, b"HTTP/1.1 408");
            assert!(begin.elapsed() < PATIENCE, "it is always said to be the client's fault");
        }
    });
}
