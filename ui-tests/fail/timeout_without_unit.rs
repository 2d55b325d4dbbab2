//! A number alone is not a duration.

#[oserver::handler(timeout = "2")]
async fn bad() -> &'static str {
    "how long?"
}

fn main() {
    let _ = bad();
}
