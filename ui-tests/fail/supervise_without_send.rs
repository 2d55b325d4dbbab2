//! A factory is called on other threads.

use std::rc::Rc;

struct Counter(u32);

#[oserver::actor]
impl Counter {
    pub fn get(&self) -> u32 {
        self.0
    }
}

fn main() {
    let first = Rc::new(1);
    oserver::supervise(move || Counter(*first));
}
