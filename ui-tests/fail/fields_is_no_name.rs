//! A value where a field's name belongs.

#[oserver::handler(fields(5))]
async fn bad() -> &'static str {
    "five"
}

fn main() {
    let _ = bad();
}
