//! Clients that mean harm, or are broken: they get a 4xx or a closed connection, at the latest when
//! their time is over, and everybody else is served as before.

mod common;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{PATIENCE, TestServer, eventually, run, run_for};
use hyper::Request;
use oserver::routing::{get, post};
use oserver::{Request as ServerRequest, Router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SHORT: Duration = Duration::from_millis(300);

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn length(body: bytes::Bytes) -> String {
    body.len().to_string()
}

/// Reads the body without any of axum's extractors.
#[oserver::handler]
async fn length_by_hand(request: ServerRequest) -> oserver::Result<String> {
    use http_body_util::BodyExt;
    Ok(request.into_body().collect().await?.to_bytes().len().to_string())
}

#[oserver::handler]
async fn large() -> Vec<u8> {
    vec![b'x'; 50_000_000]
}

fn router() -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/length", post(length))
        .route("/by-hand", post(length_by_hand))
        .route("/large", get(large))
}

/// All that the server says to these bytes, until it closes.
async fn answer(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // It may be closed before all was sent.
    _ = stream.write_all(bytes).await;
    rest(&mut stream).await
}

/// As [`answer`], of a client that says that this is all.
async fn last_answer(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    _ = stream.write_all(bytes).await;
    _ = stream.shutdown().await;
    rest(&mut stream).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut all)).await;
    // A reset is a way of closing, too.
    _ = read.expect("the connection is closed");
    String::from_utf8_lossy(&all).into_owned()
}

/// The status of the final response.
fn status(answer: &str) -> Option<u16> {
    let answer = answer.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(answer);
    answer.strip_prefix("HTTP/1.1 ")?.split(' ').next()?.parse().ok()
}

#[test]
fn malformed_requests_get_a_4xx_or_a_closed_connection_and_are_no_faults_of_the_server() {
    run(async {
        let faults = Faults::start();
        let many_headers = (0..10_000).fold(String::new(), |all, n| format!("{all}h{n}: 1\r\n"));
        let long = "x".repeat(100_000);
        let cases: &[(&str, Vec<u8>)] = &[
            ("no request line", b"hello\r\n\r\n".into()),
            ("a method that is none", b"G\x01T / HTTP/1.1\r\nhost: a\r\n\r\n".into()),
            ("a version that is none", b"GET / HTTP/9.9\r\nhost: a\r\n\r\n".into()),
            ("no host", b"GET /ok HTTP/1.1\r\n\r\n".into()),
            ("two hosts", b"GET /ok HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".into()),
            (
                "two lengths",
                b"POST /json HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x"
                    .into(),
            ),
            (
                "a length that is none",
                b"POST /json HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n{}".into(),
            ),
            ("NUL in a header", b"GET /ok HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n".into()),
            ("a header without a colon", b"GET /ok HTTP/1.1\r\nhost: a\r\nnothing\r\n\r\n".into()),
            ("10,000 headers", format!("GET /ok HTTP/1.1\r\nhost: a\r\n{many_headers}\r\n").into()),
            ("an oversized head", format!("GET /ok HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n").into()),
            ("an oversized path", format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n").into()),
            (
                "a bad chunk",
                b"POST /upload HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n"
                    .into(),
            ),
            (
                "a truncated body",
                b"POST /upload HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf".into(),
            ),
            ("half a head", b"GET /ok HTTP/1.1\r\nho".into()),
            ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".into()),
            ("nothing", b"".into()),
            ("a preface and garbage", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff".into()),
        ];
        let mut client = faults.connect().await;
        for (name, bytes) in cases {
            let answer = last_answer(faults.address, bytes).await;
            match status(&answer) {
                Some(status) => assert!((400..500).contains(&status), "{name}: {answer}"),
                None => assert!(!answer.starts_with("HTTP/1"), "{name}: {answer}"),
            }
            assert_eq!(client.get("/ok").await.status, 200, "after {name}");
        }
        for fault in ["panic", "blocked", "timeout", "error"] {
            assert_eq!(faults.recorded(fault), 0, "{fault}");
        }
    });
}

/// hyper drops the length and believes the encoding, which is one of the ways that RFC 9112, 6.3
/// allows; the connection must not be used any further, or the rest could be smuggled as a request.
#[test]
fn a_request_with_length_and_encoding_loses_the_length_and_its_connection() {
    run(async {
        let server = TestServer::start(router()).await;
        let answer = answer(
            server.address,
            b"POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\
              transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n\
              GET /ok HTTP/1.1\r\nhost: a\r\n\r\n",
        )
        .await;
        assert_eq!(status(&answer), Some(200), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n5"), "{answer}");
    });
}

#[test]
fn a_body_over_the_limit_gets_413_whoever_reads_it_and_whether_or_not_it_says_its_length() {
    run(async {
        let server = TestServer::start_with(router(), |serve| serve.max_body_size(100_000)).await;
        for path in ["/length", "/by-hand"] {
            let mut client = server.connect().await;
            assert_eq!(client.post(path, vec![b'x'; 100_000]).await.text(), "100000");
            let reply = client.post(path, vec![b'x'; 100_001]).await;
            assert_eq!((reply.status.as_u16(), path), (413, path));
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
        let chunk = format!("186a0\r\n{}\r\n1\r\nx\r\n0\r\n\r\n", "x".repeat(100_000));
        let head = "POST /length HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
        let answer = answer(server.address, format!("{head}{chunk}").as_bytes()).await;
        assert_eq!(status(&answer), Some(413), "{answer}");
        // More than axum's own limit, which does not count here.
        let server = TestServer::start_with(router(), |serve| serve.max_body_size(5_000_000)).await;
        assert_eq!(
            server.connect().await.post("/length", vec![b'x'; 4_000_000]).await.text(),
            "4000000"
        );
    });
}

#[test]
fn silent_clients_and_half_heads_are_closed_at_their_timeouts() {
    run_for(4 * PATIENCE, async {
        for limit in [SHORT, 4 * SHORT, 16 * SHORT] {
            if are_closed_at_their_timeouts(limit).await.is_some() {
                return;
            }
        }
        panic!("this machine sends nothing in time");
    });
}

/// Connects and sends something. `None` if a busy machine took so long for it that the server may have closed.
async fn send_in_time(address: SocketAddr, limit: Duration, bytes: &[u8]) -> Option<TcpStream> {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let sent = stream.write_all(bytes).await;
    // The server has the other half to read it in.
    (begin.elapsed() < limit / 2).then(|| {
        sent.expect("it is open");
        stream
    })
}

async fn are_closed_at_their_timeouts(limit: Duration) -> Option<()> {
    let server = TestServer::start_with(router(), |serve| {
        serve.first_byte_timeout(limit).header_read_timeout(2 * limit).keep_alive_timeout(3 * limit)
    })
    .await;
    let address = server.address;
    let begin = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..50 {
        clients.spawn(async move {
            let is_silent = number < 20;
            let bytes: &[u8] = if is_silent { b"" } else { b"GET /ok HTTP/1.1\r\nho" };
            let mut stream = send_in_time(address, limit, bytes).await?;
            assert_eq!(rest(&mut stream).await, "");
            let limit = if is_silent { limit } else { 2 * limit };
            assert!(begin.elapsed() >= limit, "before its time: {:?}", begin.elapsed());
            Some(())
        });
    }
    while !clients.is_empty() {
        let request = b"GET /ok HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let mut innocent = send_in_time(address, limit, request).await?;
        assert_eq!(status(&rest(&mut innocent).await), Some(200));
        while let Some(client) = clients.try_join_next() {
            client.expect("it is closed, and not before its time")?;
        }
    }
    // A connection that has served requests is kept for longer, and then closed.
    let begin = Instant::now();
    let request = b"GET /ok HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut stream = send_in_time(address, limit, request).await?;
    let answer = rest(&mut stream).await;
    assert_eq!(status(&answer), Some(200), "{answer}");
    assert!(begin.elapsed() >= 3 * limit, "before its time: {:?}", begin.elapsed());
    Some(())
}

#[test]
fn a_head_that_comes_byte_by_byte_is_cut_off() {
    run(async {
        let server =
            TestServer::start_with(router(), |serve| serve.header_read_timeout(SHORT)).await;
        let begin = Instant::now();
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.set_nodelay(true).expect("set");
        stream.write_all(b"GET /ok HTTP/1.1\r\nx: ").await.expect("sent");
        while stream.write_all(b"y").await.is_ok() {
            assert!(begin.elapsed() < PATIENCE, "it may go on for ever");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(begin.elapsed() >= SHORT, "before its time: {:?}", begin.elapsed());
    });
}

#[test]
fn a_body_that_stops_arriving_gets_408_long_before_the_deadline_of_its_request() {
    run(async {
        let server = TestServer::start_with(router(), |serve| {
            serve.body_timeout(SHORT).timeout(Duration::from_secs(600))
        })
        .await;
        for path in ["/length", "/by-hand"] {
            let mut stream = TcpStream::connect(server.address).await.expect("a connection");
            let head =
                format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
            stream.write_all(head.as_bytes()).await.expect("sent");
            let answer = rest(&mut stream).await;
            assert_eq!(status(&answer), Some(408), "{answer}");
            assert_eq!(server.route(&format!("POST {path}")).stalled_bodies, 1);
        }
    });
}

#[test]
fn a_slow_body_that_goes_on_is_read_to_its_end() {
    /// `None` if a busy machine sent a byte too late.
    async fn answer(limit: Duration) -> Option<String> {
        let server = TestServer::start_with(router(), |serve| serve.body_timeout(limit)).await;
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        let head =
            "POST /length HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 10\r\n\r\n";
        stream.write_all(head.as_bytes()).await.expect("sent");
        for _ in 0..10 {
            let begin = Instant::now();
            tokio::time::sleep(limit / 5).await;
            // The server has the other half to read it in.
            if begin.elapsed() > limit / 2 {
                return None;
            }
            stream.write_all(b"x").await.expect("it waits");
        }
        Some(rest(&mut stream).await)
    }
    run(async {
        for limit in [SHORT, 4 * SHORT, 16 * SHORT] {
            if let Some(answer) = answer(limit).await {
                return assert!(answer.ends_with("\r\n\r\n10"), "{answer}");
            }
        }
        panic!("this machine sends no byte in time");
    });
}

#[test]
fn a_client_that_does_not_take_its_response_is_cut_off() {
    run(async {
        let server = TestServer::start_with(router(), |serve| serve.write_timeout(SHORT)).await;
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("sent");
        // Before it is accepted there is no connection, either.
        stream.peek(&mut [0]).await.expect("the response begins");
        eventually("its connection ends", || server.counts.connections() == 0).await;
        let mut all = Vec::new();
        let error = stream.read_to_end(&mut all).await.expect_err("a part is not the whole");
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        assert!(all.len() < 50_000_000);
    });
}

#[test]
fn connections_beyond_the_limit_wait_until_one_ends() {
    run(async {
        let server = TestServer::start_with(router(), |serve| serve.max_connections(2)).await;
        let (mut first, mut second) = (server.connect().await, server.connect().await);
        assert_eq!(first.get("/ok").await.status, 200);
        assert_eq!(second.get("/ok").await.status, 200);
        let mut third = server.connect().await;
        let waiting = tokio::spawn(async move { third.get("/ok").await.status });
        for _ in 0..50 {
            assert_eq!(first.get("/ok").await.status, 200);
        }
        assert!(!waiting.is_finished(), "there are three connections");
        drop(second);
        assert_eq!(waiting.await.expect("an answer"), 200);
    });
}

/// With no file descriptors left connections that exist are served, nothing spins, and a new one is
/// accepted soon after there is a descriptor.
#[test]
#[cfg(target_os = "linux")]
fn a_server_without_file_descriptors_waits_for_one_and_stays_idle() {
    fn cpu_ticks(process: u32) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let mut fields = fields.split_ascii_whitespace().skip(11);
        let mut next = || fields.next().expect("a field").parse::<u64>().expect("a number");
        next() + next()
    }

    run_for(Duration::from_secs(120), async {
        let faults = Faults::start_with_files(128);
        let mut innocent = faults.connect().await;
        assert_eq!(innocent.get("/ok").await.status, 200);
        let mut many = Vec::new();
        for _ in 0..200 {
            many.push(TcpStream::connect(faults.address).await.expect("the queue has room"));
        }
        eventually("it is recorded", || faults.recorded("accept-error") > 0).await;
        let (begin, before) = (Instant::now(), cpu_ticks(faults.id()));
        while begin.elapsed() < Duration::from_secs(3) {
            assert_eq!(innocent.get("/ok").await.status, 200);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // A hundred ticks are a second of one core.
        let used = (cpu_ticks(faults.id()) - before) as f64 / 100.0 / begin.elapsed().as_secs_f64();
        assert!(used < 0.1, "{used} of a core");
        drop(many);
        // All that waited are taken, and closed, before this one.
        let begin = Instant::now();
        assert_eq!(faults.get("/ok").await.status, 200);
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    });
}

#[test]
fn a_request_for_another_protocol_does_not_end_the_deadlines() {
    run(async {
        let server =
            TestServer::start_with(router(), |serve| serve.keep_alive_timeout(SHORT)).await;
        let mut client = server.connect().await;
        let request = Request::get("/ok").header("connection", "upgrade").header("upgrade", "tea");
        assert_eq!(client.request(request, "").await.status, 200);
        eventually("its connection ends", || server.counts.connections() == 0).await;
    });
}
