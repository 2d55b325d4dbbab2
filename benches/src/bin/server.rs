//! One of the servers that are compared: `server KIND` prints its address and serves `GET /ok`.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

const TIMEOUT: Duration = Duration::from_secs(30);

fn main() {
    let kind = std::env::args().nth(1).expect("usage: server oserver|hyper|axum|axum-layers");
    match &*kind {
        "oserver" => oserver_server(),
        "hyper" => on_tokio(hyper_server()),
        "axum" => on_tokio(axum_server(false)),
        "axum-layers" => on_tokio(axum_server(true)),
        other => panic!("there is no server `{other}`"),
    }
}

/// As `#[tokio::main]` would.
fn on_tokio(server: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(server);
}

fn announce(address: std::net::SocketAddr) {
    println!("{address}");
}

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

#[oserver::main]
async fn oserver_server() {
    let router = oserver::Router::new().route("/ok", oserver::routing::get(ok));
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    announce(listener.local_addr().expect("an address"));
    oserver::serve(listener, router).await.expect("serving");
}

async fn hyper_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    announce(listener.local_addr().expect("an address"));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("nodelay");
        tokio::spawn(async move {
            let service = service_fn(|_request| async {
                let mut response =
                    hyper::Response::new(Full::new(Bytes::from_static(b"Hello, World!")));
                response.headers_mut().insert(
                    hyper::header::CONTENT_TYPE,
                    hyper::header::HeaderValue::from_static("text/plain; charset=utf-8"),
                );
                Ok::<_, Infallible>(response)
            });
            _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn axum_server(layers: bool) {
    let mut router =
        axum::Router::new().route("/ok", axum::routing::get(|| async { "Hello, World!" }));
    if layers {
        router = router
            .layer(CatchPanicLayer::new())
            .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::GATEWAY_TIMEOUT, TIMEOUT))
            .layer(TraceLayer::new_for_http());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    announce(listener.local_addr().expect("an address"));
    use axum::serve::ListenerExt;
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("nodelay"));
    axum::serve(listener, router).await.expect("serving");
}
