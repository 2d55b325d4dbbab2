//! The constant is what is wrong, and not the attribute.

const NAME: u8 = 5;

#[oserver::handler(name = NAME)]
async fn bad() -> &'static str {
    "who?"
}

fn main() {
    let _ = bad();
}
