//! The constant is what is wrong, and not the attribute.

const LEVEL: &str = "debug";

#[oserver::handler(level = LEVEL)]
async fn bad() -> &'static str {
    "how loud?"
}

fn main() {
    let _ = bad();
}
