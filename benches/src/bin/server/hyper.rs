//! hyper alone: what a framework costs is measured against it. It has no timeout, and what panics ends
//! its connection.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::fault;

pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    crate::announce(listener.local_addr().expect("an address"));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("nodelay");
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| {
                let text = answer(request.uri().path());
                async move {
                    let body = Full::new(Bytes::from_static(text.as_bytes()));
                    let mut response = Response::new(body);
                    response.headers_mut().insert(
                        CONTENT_TYPE,
                        HeaderValue::from_static("text/plain; charset=utf-8"),
                    );
                    Ok::<_, Infallible>(response)
                }
            });
            _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn answer(path: &str) -> &'static str {
    match path {
        "/block/a" | "/block/b" | "/block/c" => fault::block(),
        "/spin" => fault::spin(),
        "/panic" => fault::panic(),
        _ => crate::HELLO,
    }
}
