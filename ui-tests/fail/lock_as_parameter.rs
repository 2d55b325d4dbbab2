//! One error a parameter, at its type: state, an extension, both behind `Option`.

use std::sync::{Arc, Mutex};

use oserver::extract::{Extension, State};

#[oserver::handler]
async fn state(State(count): State<Arc<Mutex<u32>>>) -> String {
    format!("{count:?}")
}

#[oserver::handler]
async fn extension(Extension(count): Extension<Arc<tokio::sync::RwLock<u32>>>) -> String {
    format!("{count:?}")
}

#[oserver::handler]
async fn optional(count: Option<Extension<Arc<Mutex<u32>>>>) -> String {
    format!("{count:?}")
}

#[oserver::handler]
fn without_async(State(count): State<Arc<Mutex<u32>>>) -> String {
    format!("{count:?}")
}

fn main() {}
