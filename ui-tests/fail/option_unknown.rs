//! A misspelt option.

#[oserver::handler(tiemout = "2s")]
async fn bad() -> &'static str {
    "typo"
}

fn main() {
    let _ = bad();
}
