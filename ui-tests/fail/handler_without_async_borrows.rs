//! Without `async` the body runs on another thread, and cannot borrow.

struct Service;

impl Service {
    #[oserver::handler]
    fn bad(&self) -> &'static str {
        "borrowed"
    }
}

fn main() {
    let _ = Service.bad();
}
