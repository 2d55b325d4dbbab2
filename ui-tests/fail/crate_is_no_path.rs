//! A number where a path belongs: the message spoke of types of expressions.

#[oserver::handler(crate = 5)]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
