//! Nobody knows what is behind a trait that does not ask for `HandlerState`, or in a closure.

use std::sync::Arc;

use oserver::HandlerState;

trait Repository: Send + Sync {}

#[derive(HandlerState)]
struct App {
    repository: Arc<dyn Repository>,
    next: Box<dyn Fn() -> u32 + Send + Sync>,
}

fn main() {}
