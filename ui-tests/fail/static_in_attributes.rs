//! Code that an attribute below the handler's puts into the function is asked, too.

use std::sync::Mutex;

static COUNT: Mutex<u32> = Mutex::new(0);

#[oserver::handler]
#[tracing::instrument(fields(count = *COUNT.lock().unwrap()))]
async fn below() -> String {
    String::new()
}

#[oserver::handler]
#[cfg_attr(all(), tracing::instrument(skip_all, fields(count = ?COUNT)))]
async fn conditional() -> String {
    String::new()
}

#[tracing::instrument(fields(count = *COUNT.lock().unwrap()))]
#[oserver::handler]
async fn above() -> String {
    String::new()
}

fn main() {}
