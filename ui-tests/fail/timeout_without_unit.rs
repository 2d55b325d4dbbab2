//! A number alone is no duration.

#[oserver::handler(timeout = "2")]
async fn bad() -> &'static str {
    "how long?"
}

fn main() {
    let _ = bad();
}
