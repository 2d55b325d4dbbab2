//! The attribute on a method that is only declared: it says where the attribute goes instead.

trait Service {
    #[oserver::handler]
    async fn bad() -> String;
}

struct Server;

impl Service for Server {
    async fn bad() -> String {
        String::new()
    }
}

fn main() {
    let _ = Server::bad();
}
