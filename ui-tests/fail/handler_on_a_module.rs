//! The attribute on a module, which is then still there.

#[oserver::handler]
mod handlers {
    pub fn hello() {}
}

fn main() {
    handlers::hello();
}
