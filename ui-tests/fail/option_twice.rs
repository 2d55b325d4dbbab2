//! An option that is given twice.

#[oserver::handler(timeout = "1s", timeout = "2s")]
async fn bad() -> &'static str {
    "which one?"
}

fn main() {
    let _ = bad();
}
