//! The router takes no state that handlers may not share.

use std::sync::{Arc, Mutex};

use oserver::Router;

fn main() {
    let _: Router = Router::new().with_state(Arc::new(Mutex::new(0)));
}
