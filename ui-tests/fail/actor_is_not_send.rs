//! An actor runs on other threads than it was made on.

use std::rc::Rc;

struct Counter(Rc<u32>);

#[oserver::actor]
impl Counter {
    pub fn get(&self) -> u32 {
        *self.0
    }
}

fn main() {
    oserver::supervise(|| Counter(Rc::new(0)));
}
