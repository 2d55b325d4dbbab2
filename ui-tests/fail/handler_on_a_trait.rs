//! The attribute on a trait, which is then still there.

#[oserver::handler(timeout = "2s")]
trait Service {
    fn name(&self) -> &'static str;
}

struct Server;

impl Service for Server {
    fn name(&self) -> &'static str {
        "server"
    }
}

fn main() {
    let _ = Server.name();
}
