//! One error, at the return type, for a function without `async`, too: it was said twice.

struct NoResponse;

#[oserver::handler]
fn bad() -> NoResponse {
    NoResponse
}

fn main() {
    let _ = bad();
}
