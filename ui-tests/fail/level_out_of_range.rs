//! tracing's numbers go from 1 to 5.

#[oserver::handler(level = 6)]
async fn bad() -> &'static str {
    "how loud?"
}

fn main() {
    let _ = bad();
}
