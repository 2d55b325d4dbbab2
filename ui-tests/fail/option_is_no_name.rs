//! A value without the name of its option.

#[oserver::handler("2s")]
async fn bad() -> &'static str {
    "what of it?"
}

fn main() {
    let _ = bad();
}
