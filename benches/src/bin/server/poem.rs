//! poem with its own middleware against panics, and a timeout around every handler.

use std::time::Duration;

use futures_util::StreamExt;
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::middleware::CatchPanic;
use poem::{
    Body, Endpoint, EndpointExt, Error, FromRequest, Request, RequestBody, Route, Server, get,
    handler, post,
};
use tokio::net::TcpListener;

use crate::fault;

pub async fn serve(timeout: Duration) {
    let app = Route::new()
        .at("/ok", get(ok))
        .at("/block/a", get(block))
        .at("/block/b", get(block))
        .at("/block/c", get(block))
        .at("/spin", get(spin))
        .at("/panic", get(panic))
        .at("/panic-payload", get(panic_payload))
        .at("/middleware-panic", get(ok).before(async |_| fault::panic()))
        .at("/extractor-block", get(extractor_block))
        .at("/await", get(wait))
        .at("/read-then-block", post(read_then_block))
        .at("/drop-then-block", post(drop_then_block))
        .at("/panic-body", get(panic_body))
        .at("/block-body", get(block_body))
        .at("/spin-body", get(spin_body))
        .at("/count", get(count))
        .at("/poison", get(poison))
        .at("/wedge", get(wedge))
        .at("/count-then-block", get(count_then_block))
        .with(CatchPanic::new())
        .around(move |app, request| async move {
            tokio::time::timeout(timeout, app.call(request))
                .await
                .unwrap_or_else(|_| Err(Error::from_status(StatusCode::GATEWAY_TIMEOUT)))
        });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    crate::announce(listener.local_addr().expect("an address"));
    let acceptor = TcpAcceptor::from_tokio(listener).expect("an acceptor");
    Server::new_with_acceptor(acceptor).run(app).await.expect("serving");
}

handlers! {
    #[handler] ok() -> &'static str { crate::HELLO }
    #[handler] block() -> &'static str { fault::block() }
    #[handler] spin() -> &'static str { fault::spin() }
    #[handler] panic() -> &'static str { fault::panic() }
    #[handler] panic_payload() -> &'static str { fault::panic_payload() }
    #[handler] extractor_block(_blocks: Blocks) -> &'static str { crate::HELLO }
    #[handler] wait() -> &'static str { fault::wait().await }
    #[handler] read_then_block(_body: Vec<u8>) -> &'static str { fault::block() }
    #[handler] drop_then_block(body: Body) -> &'static str { drop(body); fault::block() }
    #[handler] panic_body() -> Body { stream(fault::panic) }
    #[handler] block_body() -> Body { stream(fault::block) }
    #[handler] spin_body() -> Body { stream(fault::spin) }
    #[handler] count() -> String { fault::count() }
    #[handler] poison() -> String { fault::poison() }
    #[handler] wedge() -> String { fault::wedge() }
    #[handler] count_then_block() -> String { fault::count_then_block() }
}

struct Blocks;

impl<'request> FromRequest<'request> for Blocks {
    async fn from_request(_: &'request Request, _: &mut RequestBody) -> poem::Result<Self> {
        fault::block()
    }
}

fn stream(fault: fn()) -> Body {
    Body::from_bytes_stream(fault::body(fault).map(|frame| frame.map_err(std::io::Error::other)))
}
