//! hyper alone: what a framework costs is measured against it. It has no timeout, and what panics ends
//! its connection.

use std::convert::Infallible;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::{fault, shapes};

/// Known bodies are not boxed: a box would slow down the server that all others are compared with.
type Body = Either<Full<Bytes>, StreamBody<Frames>>;
type Frames = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, Infallible>> + Send>>;

pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    crate::announce(listener.local_addr().expect("an address"));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("nodelay");
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| async move {
                let mut response = Response::new(answer(request).await);
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
                Ok::<_, Infallible>(response)
            });
            _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// It has neither extractors nor layers: what goes wrong in them elsewhere goes wrong in this function.
async fn answer(request: Request<Incoming>) -> Body {
    match request.uri().path() {
        "/block/a" | "/block/b" | "/block/c" | "/extractor-block" => fault::block(),
        "/spin" => fault::spin(),
        "/panic" | "/middleware-panic" => fault::panic(),
        "/panic-payload" => fault::panic_payload(),
        "/await" => fault::wait().await,
        "/read-then-block" => {
            request.into_body().collect().await.expect("a whole body");
            fault::block()
        }
        "/drop-then-block" => {
            drop(request.into_body());
            fault::block()
        }
        "/panic-body" => stream(fault::panic),
        "/block-body" => stream(fault::block),
        "/spin-body" => stream(fault::spin),
        "/count" => text(fault::count()),
        "/poison" => text(fault::poison()),
        "/wedge" => text(fault::wedge()),
        "/count-then-block" => text(fault::count_then_block()),
        "/json" => {
            let body = request.into_body().collect().await.expect("a whole body").to_bytes();
            let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            text(serde_json::to_vec(&value).expect("a value is JSON"))
        }
        "/large" => text(shapes::large()),
        path => match path.strip_prefix("/users/").map(str::parse::<u64>) {
            Some(Ok(id)) => text(id.to_string()),
            _ => text(crate::HELLO),
        },
    }
}

fn text(text: impl Into<Bytes>) -> Body {
    Either::Left(Full::new(text.into()))
}

fn stream(fault: fn()) -> Body {
    let frames = fault::body(fault).map(|frame| frame.map(Frame::data));
    Either::Right(StreamBody::new(Box::pin(frames)))
}
