//! The compiler's advice points into the body.

#[oserver::handler]
async fn bad() -> String {
    String::new();
}

fn main() {
    let _ = bad();
}
