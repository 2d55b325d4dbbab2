//! Two fields in a row: the error is where the comma is missing.

#[oserver::handler(fields(first = 1 second = 2))]
async fn bad() -> &'static str {
    "two"
}

fn main() {
    let _ = bad();
}
