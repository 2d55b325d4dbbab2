//! A field that oserver records itself.

#[oserver::handler(fields(route = "checkout"))]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
