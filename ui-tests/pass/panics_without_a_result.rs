//! A handler without a return type whose body only panics: what it would yield is no response.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::routing::get;

#[oserver::handler]
async fn planned() {
    todo!()
}

#[oserver::handler]
async fn broken() {
    panic!("on purpose")
}

#[oserver::handler]
async fn endless() {
    loop {
        std::future::pending::<()>().await;
    }
}

#[oserver::handler]
fn blocking() {
    unimplemented!()
}

#[oserver::handler]
async fn early(body: String) {
    if body.is_empty() {
        return;
    }
    drop(body);
}

#[oserver::handler]
async fn empty() {}

#[oserver::handler]
fn empty_blocking() {}

fn main() {
    let _: Router = Router::new()
        .route("/1", get(planned).put(broken).post(early))
        .route("/2", get(endless).put(blocking))
        .route("/3", get(empty).put(empty_blocking));
}
