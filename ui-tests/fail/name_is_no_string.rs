//! A name that is no text.

#[oserver::handler(name = 5)]
async fn bad() -> &'static str {
    "who?"
}

fn main() {
    let _ = bad();
}
