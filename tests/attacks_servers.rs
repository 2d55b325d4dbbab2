//! Servers beside each other of which one fails, accept loops that block, and streams that end in trailers.

mod common;

use std::convert::Infallible;
use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use common::{TestServer, run};
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::Frame;
use hyper::{HeaderMap, Request};
use hyper_util::rt::{TokioExecutor, TokioIo};
use oserver::body::Body;
use oserver::routing::get;
use oserver::{Listener, Router, Socket};
use tokio::net::TcpStream;
use tokio_stream::StreamExt;

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

fn router() -> Router {
    Router::new()
        .route("/ok", get(ok))
        .route("/call", get(call))
        .route("/broken-call", get(broken_call))
}

type Handshake = Pin<Box<dyn Future<Output = io::Result<Socket>> + Send>>;

/// Its accept blocks its thread until the test says something, and panics then.
struct Blocking {
    begins: Sender<()>,
    ends: Mutex<Receiver<()>>,
}

impl Listener for Blocking {
    type Transport = Socket;
    type Handshake = Handshake;

    async fn accept(&self) -> io::Result<Handshake> {
        _ = self.begins.send(());
        _ = self.ends.lock().unwrap_or_else(PoisonError::into_inner).recv();
        panic!("the listener is broken");
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Err(io::Error::other("none"))
    }
}

#[test]
fn a_server_whose_accept_blocks_and_fails_leaves_another_one_alone() {
    run(async {
        let healthy = TestServer::start(router()).await;
        let mut client = healthy.connect().await;
        assert_eq!(client.get("/ok").await.status, 200);
        let ((begins, begun), (end, ends)) = (channel(), channel());
        let blocking = Blocking { begins, ends: Mutex::new(ends) };
        let broken = tokio::spawn(oserver::serve(blocking, router()).into_future());
        tokio::task::spawn_blocking(move || begun.recv()).await.expect("no panic").expect("begun");
        // A worker is lost to it, and may be the one that waits for the network.
        for _ in 0..20 {
            let asked = tokio::time::timeout(Duration::from_secs(10), healthy.get("/ok"));
            assert_eq!(asked.await.expect("it hangs").status, 200);
            assert_eq!(client.get("/ok").await.status, 200);
        }
        drop(end);
        let error = broken.await.expect("no panic").expect_err("its listener is lost");
        assert!(error.to_string().contains("panicked"), "{error}");
        assert_eq!(client.get("/ok").await.status, 200);
        assert_eq!(healthy.get("/ok").await.status, 200);
    });
}

/// As gRPC has it: what became of the call is said after the last message.
#[oserver::handler]
async fn call() -> Body {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().expect("a value"));
    let messages = (0..3).map(|_| Frame::data(Bytes::from_static(b"message")));
    let frames = messages.chain([Frame::trailers(trailers)]).map(Ok::<_, Infallible>);
    let slowly = tokio_stream::iter(frames).throttle(Duration::from_millis(20));
    Body::new(StreamBody::new(slowly))
}

/// It panics where its trailers would come.
#[oserver::handler]
async fn broken_call() -> Body {
    let messages = tokio_stream::iter(0..3).map(|number| {
        assert!(number < 2, "broken, as it was asked to");
        Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"message")))
    });
    Body::new(StreamBody::new(messages))
}

#[test]
fn trailers_come_after_the_last_message_and_never_after_a_panic() {
    run(async {
        let server = TestServer::start(router()).await;
        let stream = TcpStream::connect(server.address).await.expect("a connection");
        let io = TokioIo::new(stream);
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
        let (mut sender, connection) = handshake.await.expect("HTTP/2");
        tokio::spawn(connection);
        let mut ask = async |path: &str| {
            let request = Request::get(format!("http://a{path}")).body(Empty::<Bytes>::new());
            sender.send_request(request.expect("a request")).await.expect("a head").into_body()
        };
        for _ in 0..3 {
            let whole = ask("/call").await.collect().await.expect("a whole response");
            assert_eq!(whole.trailers().and_then(|all| all.get("grpc-status")).expect("said"), "0");
            assert_eq!(whole.to_bytes(), "messagemessagemessage");
            let broken = ask("/broken-call").await.collect().await;
            broken.expect_err("it broke off, and the connection goes on");
        }
        assert_eq!(server.route("GET /broken-call").panics, 3);
    });
}
