//! An option that ends after its `=`: the message said that it had no name.

#[oserver::handler(timeout =)]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
