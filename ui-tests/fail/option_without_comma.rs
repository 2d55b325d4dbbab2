//! Two options in a row: the comma is missed in front of the second.

#[oserver::handler(timeout = "2s" on_disconnect = "finish")]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
