//! A guarded response that nobody sends.
#![deny(unused_must_use)]

#[oserver::handler]
async fn hello() -> &'static str {
    "hello"
}

async fn bad() {
    hello().await;
}

fn main() {
    let _ = bad();
}
