//! A word where a string belongs: the message spoke of types of expressions.

#[oserver::handler(on_disconnect = finish)]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
