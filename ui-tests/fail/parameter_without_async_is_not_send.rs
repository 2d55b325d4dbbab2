//! The parameters go to another thread: the error was on the attribute, and is on the one that cannot.

use std::rc::Rc;

#[oserver::handler]
fn bad(count: Rc<u8>) -> String {
    count.to_string()
}

fn main() {
    let _ = bad(Rc::new(1));
}
