//! A server in this process, or the `faults` example as a process of its own, and a client for both.

#![allow(
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a module that each test file uses a part of"
)]

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use oserver::{IntoServeTarget, RouteMetrics, Serve, ServeTarget, ServerMetrics};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

pub mod browser;
pub mod cases;
pub mod faults;
pub mod http2;
pub mod load;
pub mod tools;

/// How long a test waits for something that has to happen.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How long a test may take that repeats what a busy machine spoilt.
pub const BUSY: Duration = Duration::from_secs(900);

/// Runs a test on a runtime as `#[oserver::main]` has it.
pub fn run<F: Future>(test: F) -> F::Output {
    run_for(2 * PATIENCE, test)
}

/// As [`run`], for a test that may take longer.
pub fn run_for<F: Future>(limit: Duration, test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    let runtime = NotAwaited(Some(runtime));
    let entered = runtime.0.as_ref().expect("it is there until it is dropped");
    entered.block_on(async {
        let (begin, mut test) = (tokio::time::Instant::now(), std::pin::pin!(test));
        loop {
            // On a new machine an example is built first, which is not the test's time.
            let building = faults::time_spent_building();
            if let Ok(output) = tokio::time::timeout_at(begin + limit + building, &mut test).await {
                return output;
            }
            assert!(building < faults::time_spent_building(), "the test did not end in {limit:?}");
        }
    })
}

/// A runtime whose threads may be blocked for ever: also a test that failed must not wait for them.
struct NotAwaited(Option<tokio::runtime::Runtime>);

impl Drop for NotAwaited {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A server on a free port of loopback, until the runtime ends.
pub struct TestServer {
    pub address: SocketAddr,
    pub counts: ServerMetrics,
}

impl TestServer {
    pub async fn start<A: IntoServeTarget<M>, M>(app: A) -> Self {
        Self::start_with(app, |serve| serve).await
    }

    pub async fn start_with<A: IntoServeTarget<M>, M>(
        app: A,
        options: impl FnOnce(Serve<A::Target>) -> Serve<A::Target>,
    ) -> Self
    where
        A::Target: ServeTarget,
    {
        let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
        let serve = options(oserver::serve(listener, app));
        let (address, counts) = (serve.local_addr().expect("an address"), serve.metrics());
        tokio::spawn(serve.into_future());
        Self { address, counts }
    }

    pub async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// One request on a connection of its own.
    pub async fn get(&self, path: &str) -> Reply {
        self.connect().await.get(path).await
    }

    pub fn route(&self, name: &str) -> RouteMetrics {
        let routes = self.counts.routes();
        let found = routes.iter().find(|route| route.route == name);
        found.unwrap_or_else(|| panic!("no route `{name}` among {routes:#?}")).clone()
    }
}

/// One kept-alive connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
}

/// A whole response.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("the server listens")).await
    }

    pub async fn connect_unix(path: &Path) -> Self {
        Self::over(UnixStream::connect(path).await.expect("the server listens")).await
    }

    pub async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (sender, connection) = handshake.await.expect("a connection");
        tokio::spawn(connection);
        Self { sender }
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.request(Request::get(path), "").await
    }

    pub async fn post(&mut self, path: &str, body: impl Into<Bytes>) -> Reply {
        self.request(Request::post(path), body).await
    }

    pub async fn request(
        &mut self,
        request: hyper::http::request::Builder,
        body: impl Into<Bytes>,
    ) -> Reply {
        let response = self.send(request, body).await.expect("a response");
        read(response).await.expect("a whole response")
    }

    /// Whether another request can be sent: the last response may have ended the connection.
    pub async fn is_open(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// The response's head; its body is still to come.
    pub async fn send(
        &mut self,
        request: hyper::http::request::Builder,
        body: impl Into<Bytes>,
    ) -> hyper::Result<Response<Incoming>> {
        self.send_request(request.body(Full::new(body.into())).expect("a request")).await
    }

    /// As [`send`](Self::send).
    pub async fn send_request(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> hyper::Result<Response<Incoming>> {
        self.sender.ready().await?;
        if !request.headers().contains_key("host") {
            request.headers_mut().insert("host", HeaderValue::from_static("localhost"));
        }
        self.sender.send_request(request).await
    }
}

/// The rest of a response.
pub async fn read(response: Response<Incoming>) -> hyper::Result<Reply> {
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Reply { status: head.status, headers: head.headers, body })
}

/// How long something goes on, if the environment says so: `90s` or `30m`.
pub fn duration_from(variable: &str) -> Option<Duration> {
    let text = std::env::var(variable).ok()?;
    let seconds = match (text.strip_suffix('s'), text.strip_suffix('m')) {
        (Some(seconds), _) => seconds.parse().ok(),
        (_, Some(minutes)) => minutes.parse::<u64>().ok().map(|minutes| 60 * minutes),
        _ => None,
    };
    let wrong = || panic!("{variable} is `{text}`: write for example 30m or 90s");
    Some(Duration::from_secs(seconds.unwrap_or_else(wrong)))
}

/// Waits until something is so.
pub async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what} did not happen in {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
