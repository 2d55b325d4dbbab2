//! A handler that blocks the task of its connection, at the first poll: the client gets a whole response all the same, and
//! then the connection ends.

mod common;

use std::future::IntoFuture;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use common::{Client, TestServer, eventually, run};
use hyper::Request;
use oserver::routing::get;
use oserver::{BoundListener, Listener, Router, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

/// A request tells its handler to block: a route is polled in the task of its connection only when it has been reliable.
fn is_to_block(request: &oserver::Request) -> bool {
    request.uri().query() == Some("now")
}

fn block_if_asked(request: &oserver::Request) -> &'static str {
    while is_to_block(request) {
        std::thread::park();
    }
    "not now"
}

#[oserver::handler(timeout = "300ms")]
async fn block(request: oserver::Request) -> &'static str {
    block_if_asked(&request)
}

#[oserver::handler(timeout = "never")]
async fn block_for_ever(request: oserver::Request) -> &'static str {
    block_if_asked(&request)
}

/// The clients of both handlers below have their responses.
static ANSWERED: AtomicBool = AtomicBool::new(false);
/// How many of those two came back.
static CAME_BACK: AtomicU32 = AtomicU32::new(0);

fn block_until_answered(request: &oserver::Request) {
    if !is_to_block(request) {
        return;
    }
    while !ANSWERED.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(10));
    }
    CAME_BACK.fetch_add(1, Ordering::Relaxed);
}

#[oserver::handler(timeout = "300ms")]
async fn late(request: oserver::Request) -> &'static str {
    block_until_answered(&request);
    "too late"
}

#[oserver::handler(timeout = "300ms")]
async fn late_then_wait(request: oserver::Request) -> &'static str {
    block_until_answered(&request);
    if is_to_block(&request) {
        std::future::pending::<()>().await;
    }
    "not now"
}

fn router() -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/block", get(block))
        .route("/block-for-ever", get(block_for_ever))
        .route("/late", get(late))
        .route("/late-then-wait", get(late_then_wait))
}

/// Asks a route until it is reliable.
async fn earn_trust(address: std::net::SocketAddr, path: &str) {
    let mut client = Client::connect(address).await;
    for _ in 0..20 {
        assert_eq!(client.get(path).await.status, 200);
    }
}

async fn connect(server: &TestServer) -> TcpStream {
    TcpStream::connect(server.address).await.expect("a connection")
}

/// Everything that comes after these bytes were sent, until the connection ends.
async fn answers(stream: &mut TcpStream, bytes: &str) -> String {
    stream.write_all(bytes.as_bytes()).await.expect("sent");
    let mut all = String::new();
    stream.read_to_string(&mut all).await.expect("no reset");
    all
}

fn head_and_body(response: &str) -> (&str, &str) {
    response.split_once("\r\n\r\n").expect("a head")
}

#[test]
fn the_client_of_a_blocked_connection_gets_a_whole_response_and_its_end() {
    run(async {
        let server = TestServer::start(router()).await;
        earn_trust(server.address, "/block").await;
        let mut stream = connect(&server).await;
        let request = "GET /block?now HTTP/1.1\r\nhost: a\r\nx-request-id: it-is-me\r\n\r\n";
        let all = answers(&mut stream, request).await;
        let (head, body) = head_and_body(&all);
        assert!(head.starts_with("HTTP/1.1 504 Gateway Timeout\r\n"), "{all}");
        for header in [
            "connection: close",
            "content-type: application/problem+json",
            "x-request-id: it-is-me",
            "date: ",
        ] {
            assert!(head.contains(&format!("\r\n{header}")), "{header} is missing in {all}");
        }
        assert!(head.contains(&format!("\r\ncontent-length: {}", body.len())), "{all}");
        let body: serde_json::Value = serde_json::from_str(body).expect("a problem");
        assert_eq!((&body["status"], &body["request_id"]), (&504.into(), &"it-is-me".into()));
        drop(stream);
        eventually("the connection is over", || server.counts.connections() == 0).await;
        let route = server.route("GET /block");
        assert_eq!((route.blocked, route.in_flight), (1, 0), "{route:?}");
    });
}

#[test]
fn a_request_behind_a_blocked_one_is_not_answered() {
    run(async {
        let server = TestServer::start(router()).await;
        earn_trust(server.address, "/block").await;
        let mut stream = connect(&server).await;
        let ok = "GET /ok HTTP/1.1\r\nhost: a\r\n\r\n";
        let all =
            answers(&mut stream, &format!("{ok}{}{ok}", ok.replace("/ok", "/block?now"))).await;
        assert!(all.starts_with("HTTP/1.1 200 OK\r\n"), "{all}");
        assert_eq!(all.matches("HTTP/1.1 ").count(), 2, "{all}");
        assert_eq!(all.matches("HTTP/1.1 504").count(), 1, "{all}");
        assert_eq!(server.route("GET /ok").requests, 1);
    });
}

#[test]
fn a_handler_that_comes_back_after_its_response_is_counted_once() {
    run(async {
        let server = TestServer::start(router()).await;
        for path in ["/late", "/late-then-wait"] {
            earn_trust(server.address, path).await;
        }
        let mut streams = [connect(&server).await, connect(&server).await];
        for (stream, path) in streams.iter_mut().zip(["/late", "/late-then-wait"]) {
            let request = format!("GET {path}?now HTTP/1.1\r\nhost: a\r\n\r\n");
            let all = answers(stream, &request).await;
            assert!(all.starts_with("HTTP/1.1 504") && all.ends_with('}'), "{all}");
        }
        drop(streams);
        ANSWERED.store(true, Ordering::Relaxed);
        eventually("both came back", || CAME_BACK.load(Ordering::Relaxed) == 2).await;
        let stuck = || server.counts.routes().iter().map(|route| route.stuck).sum::<u64>();
        eventually("no thread is blocked", || stuck() == 0).await;
        eventually("both connections are over", || server.counts.connections() == 0).await;
        for route in ["GET /late", "GET /late-then-wait"] {
            let route = server.route(route);
            let counted = (route.requests, route.statuses[4], route.cancelled, route.in_flight);
            assert_eq!(counted, (21, 1, 0, 0), "{route:?}");
        }
        assert_eq!(server.get("/ok").await.text(), "Hello, World!");
    });
}

#[test]
fn head_and_http_1_0_are_answered_as_they_ask() {
    run(async {
        let server = TestServer::start(router()).await;
        let mut client = server.connect().await;
        for _ in 0..20 {
            assert_eq!(client.request(Request::head("/block"), "").await.status, 200);
        }
        let mut stream = connect(&server).await;
        let all = answers(&mut stream, "HEAD /block?now HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let (head, body) = head_and_body(&all);
        assert!(head.starts_with("HTTP/1.1 504") && body.is_empty(), "{all}");
        let mut stream = connect(&server).await;
        earn_trust(server.address, "/block").await;
        let all = answers(&mut stream, "GET /block?now HTTP/1.0\r\n\r\n").await;
        assert!(all.starts_with("HTTP/1.0 504"), "{all}");
    });
}

#[test]
fn a_server_that_stops_closes_a_connection_whose_task_is_blocked() {
    run(async {
        let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serve = oserver::serve(listener, router())
            .shutdown_timeout(Duration::from_millis(200))
            .with_graceful_shutdown(async { _ = stopped.await });
        let (address, counts) = (serve.local_addr().expect("an address"), serve.metrics());
        let server = tokio::spawn(serve.into_future());
        earn_trust(address, "/block-for-ever").await;
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(b"GET /block-for-ever?now HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .expect("sent");
        let is_blocked = || {
            counts
                .routes()
                .iter()
                .any(|route| route.route.ends_with("ever") && route.in_flight == 1)
        };
        eventually("it is blocked", is_blocked).await;
        drop(stop);
        let ended = server.await.expect("no panic");
        assert!(ended.is_err(), "a connection was cut off");
        // The handler goes on, and its runtime, too.
        eventually("the connection is over", || counts.connections() == 0).await;
        let mut all = Vec::new();
        _ = stream.read_to_end(&mut all).await;
        assert!(all.is_empty(), "{all:?}");
    });
}

/// A transport with a state of its own, as TLS has: what is sent is upside down.
struct Inverted<T>(T);

impl<T: AsyncRead + Unpin> AsyncRead for Inverted<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.0).poll_read(context, buffer);
        buffer.filled_mut()[before..].iter_mut().for_each(|byte| *byte = !*byte);
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Inverted<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let inverted: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
        Pin::new(&mut self.0).poll_write(context, &inverted)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl Transport for Inverted<oserver::Socket> {}

struct InvertedListener(BoundListener);

impl Listener for InvertedListener {
    type Transport = Inverted<oserver::Socket>;
    type Handshake = Pin<Box<dyn Future<Output = io::Result<Self::Transport>> + Send>>;

    async fn accept(&self) -> io::Result<Self::Handshake> {
        let socket = self.0.accept().await?;
        Ok(Box::pin(async { Ok(Inverted(socket.await?)) }))
    }

    fn local_addr(&self) -> io::Result<std::net::SocketAddr> {
        self.0.local_addr()
    }
}

#[test]
fn a_transport_of_the_users_own_carries_the_response() {
    run(async {
        let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
        let serve = oserver::serve(InvertedListener(listener), router());
        let address = serve.local_addr().expect("an address");
        tokio::spawn(serve.into_future());
        let stream = TcpStream::connect(address).await.expect("a connection");
        let mut stream = Inverted(stream);
        let request = "GET /block HTTP/1.1\r\nhost: a\r\n\r\n";
        let requests = request.repeat(20) + &request.replace("/block", "/block?now");
        stream.write_all(requests.as_bytes()).await.expect("sent");
        let mut all = String::new();
        stream.read_to_string(&mut all).await.expect("no reset");
        assert_eq!(all.matches("HTTP/1.1 200").count(), 20, "{all}");
        assert_eq!(all.matches("HTTP/1.1 504").count(), 1, "{all}");
        assert!(all.ends_with('}'), "{all}");
    });
}
