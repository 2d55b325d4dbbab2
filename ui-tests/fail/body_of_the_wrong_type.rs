//! A type error in the body points at the body.

#[oserver::handler]
async fn bad() -> String {
    42
}

fn main() {
    let _ = bad();
}
