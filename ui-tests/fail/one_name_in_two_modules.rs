//! The second type of a name is refused, too. It is asked so that it is silent beside other errors, and has fewer words.

use std::sync::{Arc, Mutex};

use oserver::extract::State;

mod first {
    use super::State;

    #[derive(Clone, oserver::HandlerState)]
    pub struct App(pub u32);

    #[oserver::handler]
    pub async fn number(State(app): State<App>) -> String {
        app.0.to_string()
    }
}

mod second {
    use super::{Arc, Mutex, State};

    #[derive(Clone)]
    pub struct App(pub Arc<Mutex<u32>>);

    #[oserver::handler]
    pub async fn number(State(app): State<App>) -> String {
        app.0.lock().unwrap().to_string()
    }
}

fn main() {
    drop(first::number(State(first::App(1))));
    drop(second::number(State(second::App(Arc::default()))));
}
