//! actix-web with a timeout as middleware. What panics ends its connection: nothing that comes with
//! actix-web catches it.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorGatewayTimeout;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::get;
use actix_web::{App, Error, HttpServer};

use crate::fault;

pub fn serve(timeout: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    crate::announce(listener.local_addr().expect("an address"));
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(move |request, next| limited(timeout, request, next)))
            .route("/ok", get().to(async || crate::HELLO))
            .route("/block/a", get().to(async || fault::block()))
            .route("/block/b", get().to(async || fault::block()))
            .route("/block/c", get().to(async || fault::block()))
            .route("/spin", get().to(async || fault::spin()))
            .route("/panic", get().to(async || fault::panic()))
    })
    .tcp_nodelay(true)
    .listen(listener)
    .expect("listening");
    actix_web::rt::System::new().block_on(server.run()).expect("serving");
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
