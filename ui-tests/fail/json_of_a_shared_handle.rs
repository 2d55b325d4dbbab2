//! A handler that no router takes: nobody else says that its parameter cannot be read from a request.

use std::sync::{Arc, Mutex};

use oserver::extract::Json;

#[oserver::handler]
async fn json(Json(shared): Json<Arc<Mutex<u32>>>) -> String {
    shared.lock().unwrap().to_string()
}

fn main() {
    drop(json(Json(Arc::default())));
}
