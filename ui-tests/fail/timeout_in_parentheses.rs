//! Parentheses where `=` belongs: the message left the value open.

#[oserver::handler(timeout("2s"))]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
