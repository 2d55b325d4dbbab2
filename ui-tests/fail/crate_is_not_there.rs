//! A path that leads nowhere was an error for each use of it, at the return type and the name.

#[oserver::handler(crate = crate::vendored::oserver)]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
