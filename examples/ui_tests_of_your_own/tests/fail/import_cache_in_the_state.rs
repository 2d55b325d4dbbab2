//! The same by way of a struct that is the state of handlers.

use oserver::HandlerState;
use shop::{App, ImportCache};

#[derive(Clone, HandlerState)]
struct Everything {
    app: App,
    cache: ImportCache,
}

fn main() {}
