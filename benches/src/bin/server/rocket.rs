//! Rocket as it comes: it catches what panics in a handler, and has nothing that limits a handler's time.

use rocket::config::{Config, LogLevel};
use rocket::fairing::AdHoc;
use rocket::futures::{Stream, StreamExt};
use rocket::response::stream::ByteStream;
use rocket::{get, routes};

use crate::fault;

pub fn serve() {
    // Nobody else logs requests, either.
    let config = Config { port: 0, log_level: LogLevel::Off, ..Config::release_default() };
    let rocket = rocket::custom(config)
        .mount(
            "/",
            routes![
                ok, block_a, block_b, block_c, spin, panic, wait, panic_body, block_body, count,
                poison, wedge
            ],
        )
        .attach(AdHoc::on_liftoff("announce", |rocket| {
            Box::pin(async {
                crate::announce((rocket.config().address, rocket.config().port).into());
            })
        }));
    rocket::execute(rocket.launch()).expect("serving");
}

#[get("/ok")]
async fn ok() -> &'static str {
    crate::HELLO
}

#[get("/block/a")]
async fn block_a() -> &'static str {
    fault::block()
}

#[get("/block/b")]
async fn block_b() -> &'static str {
    fault::block()
}

#[get("/block/c")]
async fn block_c() -> &'static str {
    fault::block()
}

#[get("/spin")]
async fn spin() -> &'static str {
    fault::spin()
}

#[get("/panic")]
async fn panic() -> &'static str {
    fault::panic()
}

#[get("/await")]
async fn wait() -> &'static str {
    fault::wait().await
}

#[get("/panic-body")]
async fn panic_body() -> ByteStream<impl Stream<Item = bytes::Bytes>> {
    stream(fault::panic)
}

#[get("/block-body")]
async fn block_body() -> ByteStream<impl Stream<Item = bytes::Bytes>> {
    stream(fault::block)
}

fn stream(fault: fn()) -> ByteStream<impl Stream<Item = bytes::Bytes>> {
    ByteStream(Box::pin(fault::body(fault).map(|Ok(frame)| frame)))
}

#[get("/count")]
async fn count() -> String {
    fault::count()
}

#[get("/poison")]
async fn poison() -> String {
    fault::poison()
}

#[get("/wedge")]
async fn wedge() -> String {
    fault::wedge()
}
