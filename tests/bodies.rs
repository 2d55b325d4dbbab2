//! Bodies come through whole, in pieces, or not at all, and a piece never passes for the whole.

mod common;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use common::faults::Faults;
use common::{TestServer, eventually, read, run};
use http_body_util::BodyExt;
use hyper::{Request, StatusCode};
use oserver::Router;
use oserver::extract::{Path, State};
use oserver::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_stream::StreamExt;

#[oserver::handler]
async fn whole(Path(length): Path<usize>) -> Vec<u8> {
    pattern(length)
}

/// The same bytes as `whole`, in frames of 1000.
#[oserver::handler]
async fn streamed(Path(length): Path<usize>) -> Body {
    let frames: Vec<_> = pattern(length).chunks(1000).map(Bytes::copy_from_slice).collect();
    Body::from_stream(tokio_stream::iter(frames).map(Ok::<_, Infallible>))
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place % 251) as u8).collect()
}

#[test]
fn bodies_of_every_size_arrive_as_they_were_made() {
    run(async {
        let router =
            Router::new().route("/whole/{n}", get(whole)).route("/streamed/{n}", get(streamed));
        let server = TestServer::start(router).await;
        let mut client = server.connect().await;
        for length in [0, 1, 999, 1000, 1001, 65_535, 65_536, 65_537, 1_000_000, 5_000_000] {
            let reply = client.get(&format!("/whole/{length}")).await;
            assert_eq!(reply.header("content-length"), length.to_string());
            assert!(reply.body == pattern(length), "whole, {length}");
            let reply = client.get(&format!("/streamed/{length}")).await;
            assert!(reply.body == pattern(length), "streamed, {length}");
        }
    });
}

#[test]
fn a_head_request_has_the_length_and_no_body() {
    run(async {
        let server = TestServer::start(Router::new().route("/whole/{n}", get(whole))).await;
        let mut client = server.connect().await;
        let reply = client.request(Request::head("/whole/100000"), "").await;
        assert_eq!((reply.header("content-length"), reply.body.len()), ("100000", 0));
        assert_eq!(client.get("/whole/3").await.body, pattern(3));
    });
}

#[oserver::handler]
async fn fails_at_once() -> Body {
    Body::from_stream(tokio_stream::once(Err::<Bytes, _>(std::io::Error::other("no body"))))
}

#[oserver::handler]
async fn fails_half_way() -> Body {
    let frames = [Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("the rest is lost"))];
    Body::from_stream(tokio_stream::iter(frames))
}

#[test]
fn a_body_that_fails_breaks_off_and_is_recorded() {
    run(async {
        let router =
            Router::new().route("/at-once", get(fails_at_once)).route("/half", get(fails_half_way));
        let server = TestServer::start(router).await;
        for path in ["/at-once", "/half"] {
            let response =
                server.connect().await.send(Request::get(path), "").await.expect("a head");
            assert_eq!(response.status(), StatusCode::OK);
            read(response).await.expect_err("the body must not look whole");
            assert_eq!(server.route(&format!("GET {path}")).errors, 1, "{path}");
        }
    });
}

/// A client of HTTP/1.0 takes the end of the connection for the end of the body.
#[test]
fn a_broken_body_is_a_reset_where_a_close_would_look_like_its_end() {
    run(async {
        let faults = Faults::start();
        let mut stream = TcpStream::connect(faults.address).await.expect("a connection");
        stream.write_all(b"GET /panic-body HTTP/1.0\r\n\r\n").await.expect("sent");
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer);
        assert!(text.starts_with("HTTP/1.0 200") && text.contains("the first frame"), "{text}");
        assert_eq!(end.expect_err("reset").kind(), std::io::ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_stream_goes_on_past_the_deadline() {
    run(async {
        let faults = Faults::start();
        let mut client = faults.connect().await;
        let mut events =
            client.send(Request::get("/events"), "").await.expect("a head").into_body();
        for number in 1..=3 {
            let frame = events.frame().await.expect("a frame").expect("unbroken");
            assert_eq!(frame.into_data().expect("data"), format!("data: {number}\n\n"));
        }
    });
}

#[oserver::handler]
async fn endless(State(dropped): State<Arc<AtomicBool>>) -> Body {
    struct Tell(Arc<AtomicBool>);
    impl Drop for Tell {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let tell = Tell(dropped);
    let ticks = tokio_stream::iter(0..).throttle(Duration::from_millis(10));
    Body::from_stream(ticks.map(move |tick: u64| {
        let _ = &tell;
        Ok::<_, Infallible>(tick.to_string())
    }))
}

#[test]
fn a_stream_whose_reader_has_gone_is_dropped() {
    run(async {
        let dropped = Arc::new(AtomicBool::new(false));
        let router = Router::new().route("/", get(endless)).with_state(Arc::clone(&dropped));
        let server = TestServer::start(router).await;
        let mut body =
            server.connect().await.send(Request::get("/"), "").await.expect("a head").into_body();
        body.frame().await.expect("a frame").expect("unbroken");
        assert!(!dropped.load(Ordering::SeqCst));
        drop(body);
        eventually("the stream is dropped", || dropped.load(Ordering::SeqCst)).await;
    });
}

#[oserver::handler]
async fn silent_after_the_first(State(dropped): State<Arc<AtomicBool>>) -> Body {
    struct Tell(Arc<AtomicBool>);
    impl Drop for Tell {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let tell = Tell(dropped);
    let frames = tokio_stream::iter(["first"]).chain(tokio_stream::pending());
    Body::from_stream(frames.map(move |frame| {
        let _ = &tell;
        Ok::<_, Infallible>(frame)
    }))
}

/// Only a write would fail, and there is nothing to write.
#[test]
fn a_silent_stream_whose_reader_has_gone_is_dropped() {
    run(async {
        let dropped = Arc::new(AtomicBool::new(false));
        let router =
            Router::new().route("/", get(silent_after_the_first)).with_state(Arc::clone(&dropped));
        let server = TestServer::start(router).await;
        let mut body =
            server.connect().await.send(Request::get("/"), "").await.expect("a head").into_body();
        body.frame().await.expect("a frame").expect("unbroken");
        assert!(!dropped.load(Ordering::SeqCst));
        drop(body);
        eventually("the stream is dropped", || dropped.load(Ordering::SeqCst)).await;
    });
}

#[test]
fn bodies_of_requests_are_read_and_limited() {
    run(async {
        let faults = Faults::start();
        let mut client = faults.connect().await;
        assert_eq!(client.post("/upload", vec![b'x'; 100_000]).await.text(), "100000");
        let json = Request::post("/json").header("content-type", "application/json");
        assert_eq!(client.request(json, r#"{"a":1}"#).await.text(), r#"{"a":1}"#);
        let json = Request::post("/json").header("content-type", "application/json");
        assert_eq!(client.request(json, r#"{"a":"#).await.status, StatusCode::BAD_REQUEST);
        let mut client = faults.connect().await;
        let reply = client.post("/upload", vec![b'x'; 3 * 1024 * 1024]).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    });
}
