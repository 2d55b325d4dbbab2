//! The attribute on a whole `impl`: it says that it goes on the methods.

struct Service;

#[oserver::handler]
impl Service {
    async fn hello(self) -> &'static str {
        "hello"
    }
}

fn main() {
    let _ = Service.hello();
}
