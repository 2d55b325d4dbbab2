//! A name of no letters.

#[oserver::handler(name = "")]
async fn bad() -> &'static str {
    "who?"
}

fn main() {
    let _ = bad();
}
