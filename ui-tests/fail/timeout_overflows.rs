//! A duration that cannot be counted in nanoseconds.

#[oserver::handler(timeout = "99999999999999999999h")]
async fn bad() -> &'static str {
    "never"
}

fn main() {
    let _ = bad();
}
