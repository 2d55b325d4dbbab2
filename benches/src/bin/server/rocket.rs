//! Rocket as it comes: it catches what panics in a handler, and has nothing that limits a handler's time.

use std::convert::Infallible;

use bytes::Bytes;
use rocket::config::{Config, LogLevel};
use rocket::fairing::AdHoc;
use rocket::futures::StreamExt;
use rocket::futures::stream::BoxStream;
use rocket::request::{FromRequest, Outcome};
use rocket::response::stream::ByteStream;
use rocket::{Data, Request, get, post, routes};

use crate::fault;

pub fn serve() {
    // Nobody else logs requests, either.
    let config = Config { port: 0, log_level: LogLevel::Off, ..Config::release_default() };
    let mut rocket = rocket::custom(config)
        .mount(
            "/",
            routes![
                ok,
                block_a,
                block_b,
                block_c,
                spin,
                panic,
                panic_payload,
                extractor_block,
                wait,
                read_then_block,
                drop_then_block,
                panic_body,
                block_body,
                spin_body,
                count,
                poison,
                wedge,
                count_then_block,
            ],
        )
        .attach(AdHoc::on_liftoff("announce", |rocket| {
            Box::pin(async {
                crate::announce((rocket.config().address, rocket.config().port).into());
            })
        }));
    // Its only middleware is asked about every request, which those pay for who are not asked to go wrong.
    if crate::given_timeout().is_some() {
        rocket = rocket.attach(AdHoc::on_request("panics", |request, _| {
            let panics = request.uri().path() == "/middleware-panic";
            Box::pin(async move {
                if panics {
                    fault::panic()
                }
            })
        }));
    }
    rocket::execute(rocket.launch()).expect("serving");
}

handlers! {
    #[get("/ok")] ok() -> &'static str { crate::HELLO }
    #[get("/block/a")] block_a() -> &'static str { fault::block() }
    #[get("/block/b")] block_b() -> &'static str { fault::block() }
    #[get("/block/c")] block_c() -> &'static str { fault::block() }
    #[get("/spin")] spin() -> &'static str { fault::spin() }
    #[get("/panic")] panic() -> &'static str { fault::panic() }
    #[get("/panic-payload")] panic_payload() -> &'static str { fault::panic_payload() }
    #[get("/await")] wait() -> &'static str { fault::wait().await }
    #[get("/panic-body")] panic_body() -> Frames { stream(fault::panic) }
    #[get("/block-body")] block_body() -> Frames { stream(fault::block) }
    #[get("/spin-body")] spin_body() -> Frames { stream(fault::spin) }
    #[get("/count")] count() -> String { fault::count() }
    #[get("/poison")] poison() -> String { fault::poison() }
    #[get("/wedge")] wedge() -> String { fault::wedge() }
    #[get("/count-then-block")] count_then_block() -> String { fault::count_then_block() }
}

// Rocket finds no parameters in what a macro wrote.

#[get("/extractor-block")]
async fn extractor_block(_blocks: Blocks) -> &'static str {
    crate::HELLO
}

#[post("/read-then-block", data = "<_body>")]
async fn read_then_block(_body: Vec<u8>) -> &'static str {
    fault::block()
}

#[post("/drop-then-block", data = "<body>")]
async fn drop_then_block(body: Data<'_>) -> &'static str {
    drop(body);
    fault::block()
}

/// A request guard, Rocket's counterpart of an extractor.
struct Blocks;

#[rocket::async_trait]
impl<'request> FromRequest<'request> for Blocks {
    type Error = Infallible;

    async fn from_request(_: &'request Request<'_>) -> Outcome<Self, Infallible> {
        fault::block()
    }
}

type Frames = ByteStream<BoxStream<'static, Bytes>>;

fn stream(fault: fn()) -> Frames {
    ByteStream(fault::body(fault).map(|Ok(frame)| frame).boxed())
}
