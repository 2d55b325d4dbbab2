//! Two options in a row: the error is where the comma is missing, and only there.

#[oserver::handler(timeout = "2s" on_disconnect = "finish")]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
