//! The message names the value that is not `Send`, and where it is held.

use std::rc::Rc;

#[oserver::handler]
async fn bad() -> &'static str {
    let count = Rc::new(1);
    std::future::ready(()).await;
    if *count == 1 { "one" } else { "many" }
}

fn main() {
    let _ = bad();
}
