//! In no time nothing can be answered.

#[oserver::handler(timeout = "0s")]
async fn bad() -> &'static str {
    "never"
}

fn main() {
    let _ = bad();
}
