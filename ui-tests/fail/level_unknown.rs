//! A level that there is not.

#[oserver::handler(level = "verbose")]
async fn bad() -> &'static str {
    "how loud?"
}

fn main() {
    let _ = bad();
}
