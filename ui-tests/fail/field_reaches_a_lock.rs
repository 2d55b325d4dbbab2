//! A value for the span is the handler's, too: it cannot reach a lock that requests share.

use std::sync::Mutex;

static COUNT: Mutex<u32> = Mutex::new(0);

#[oserver::handler(fields(count = *COUNT.lock().unwrap()))]
async fn bad() -> &'static str {
    "counted"
}

fn main() {
    let _ = bad();
}
