//! actix-web with a timeout as middleware. What panics ends its connection: nothing that comes with
//! actix-web catches it.

use std::future::Ready;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{self, ServiceRequest, ServiceResponse};
use actix_web::error::ErrorGatewayTimeout;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{Bytes, Payload, get, post, resource};
use actix_web::{App, Error, FromRequest, HttpRequest, HttpResponse, HttpServer};

use crate::fault;

pub fn serve(timeout: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    crate::announce(listener.local_addr().expect("an address"));
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(move |request, next| limited(timeout, request, next)))
            .route("/ok", get().to(async || crate::HELLO))
            .route("/block/a", get().to(async || fault::block::<&str>()))
            .route("/block/b", get().to(async || fault::block::<&str>()))
            .route("/block/c", get().to(async || fault::block::<&str>()))
            .route("/spin", get().to(async || fault::spin::<&str>()))
            .route("/panic", get().to(async || fault::panic::<&str>()))
            .route("/panic-payload", get().to(async || fault::panic_payload::<&str>()))
            .service(
                resource("/middleware-panic")
                    .wrap(from_fn(panic_in_middleware))
                    .route(get().to(async || crate::HELLO)),
            )
            .route("/extractor-block", get().to(async |_: Blocks| crate::HELLO))
            .route("/await", get().to(fault::wait::<&str>))
            .route("/read-then-block", post().to(async |_: Bytes| fault::block::<&str>()))
            .route("/drop-then-block", post().to(drop_then_block))
            .route("/panic-body", get().to(async || stream(fault::panic)))
            .route("/block-body", get().to(async || stream(fault::block)))
            .route("/spin-body", get().to(async || stream(fault::spin)))
            .route("/count", get().to(async || fault::count()))
            .route("/poison", get().to(async || fault::poison()))
            .route("/wedge", get().to(async || fault::wedge()))
            .route("/count-then-block", get().to(async || fault::count_then_block()))
    })
    .tcp_nodelay(true)
    .listen(listener)
    .expect("listening");
    actix_web::rt::System::new().block_on(server.run()).expect("serving");
}

fn stream(fault: fn()) -> HttpResponse {
    HttpResponse::Ok().streaming(fault::body(fault))
}

async fn panic_in_middleware(
    _: ServiceRequest,
    _: Next<impl MessageBody>,
) -> Result<ServiceResponse, Error> {
    fault::panic()
}

struct Blocks;

impl FromRequest for Blocks {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        fault::block()
    }
}

async fn drop_then_block(body: Payload) -> &'static str {
    drop(body);
    fault::block()
}

async fn limited(
    timeout: Duration,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    actix_web::rt::time::timeout(timeout, next.call(request))
        .await
        .unwrap_or_else(|_| Err(ErrorGatewayTimeout("too late")))
}
