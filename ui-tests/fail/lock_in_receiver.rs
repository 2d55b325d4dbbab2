//! The receiver of a method is asked, too, at `self`; and `State<Self>`.

use std::sync::{Arc, Mutex};

use oserver::extract::State;

#[derive(Clone)]
struct App {
    count: Arc<Mutex<u32>>,
}

impl App {
    #[oserver::handler]
    async fn borrowed(&self) -> String {
        format!("{:?}", self.count)
    }

    #[oserver::handler]
    async fn taken(self) -> String {
        format!("{:?}", self.count)
    }

    #[oserver::handler]
    async fn counted(self: Arc<Self>) -> String {
        format!("{:?}", self.count)
    }

    #[oserver::handler]
    async fn associated(State(app): State<Self>) -> String {
        format!("{:?}", app.count)
    }
}

fn main() {}
