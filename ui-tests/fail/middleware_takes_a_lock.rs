//! Middleware is asked as handlers are.

use std::sync::{Arc, Mutex};

use oserver::Request;
use oserver::extract::State;

#[oserver::handler]
async fn bad(State(count): State<Arc<Mutex<u32>>>, request: Request, next: axum::middleware::Next) -> oserver::response::Response {
    drop(count);
    next.run(request).await
}

fn main() {}
