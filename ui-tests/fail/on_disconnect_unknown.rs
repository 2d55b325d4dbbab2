//! A word that is neither of the two.

#[oserver::handler(on_disconnect = "stop")]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
