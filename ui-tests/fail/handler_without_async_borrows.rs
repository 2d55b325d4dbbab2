//! Without `async` the body runs on another thread, and cannot borrow.
#![deny(warnings)]

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
