//! One error, at the return type.

struct NoResponse;

#[oserver::handler]
async fn bad() -> NoResponse {
    NoResponse
}

fn main() {
    let _ = bad();
}
