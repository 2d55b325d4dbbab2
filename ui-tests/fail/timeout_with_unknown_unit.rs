//! A unit that there is not.

#[oserver::handler(timeout = "2 seconds")]
async fn bad() -> &'static str {
    "how long?"
}

fn main() {
    let _ = bad();
}
